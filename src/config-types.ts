import { z } from "zod";

/** What a default may depend on. */
export interface Surroundings {
  readonly inContainer: boolean;
  readonly systemTimeZone: string;
}

/** One row of the table of environment variables: the schema, the defaults and the operations guide are made from it. */
export interface Variable {
  /** Other names for the same thing, those of the incumbent (rest-api 12) among them. The own name wins. */
  readonly aliases: readonly string[];
  /** Takes the text of the variable. */
  readonly type: z.ZodType<unknown, string | undefined>;
  /** As an operator would write it; absent when there is none. */
  readonly default?: string | ((surroundings: Surroundings) => string);
  /** Says the default in the operations guide where it is not one fixed text. */
  readonly defaultInWords?: string;
  /** Never shown, and may be given as the path of a file in `<NAME>_FILE`. */
  readonly secret?: true;
  readonly description: string;
  /** First version that had it. */
  readonly since: string;
}

/** A type that turns text into a value, or says in `mustBe` what was expected ("must be …"). */
export function read<T>(mustBe: string, parse: (text: string) => T | undefined): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: `must be ${mustBe}`, input: text });
    return z.NEVER;
  });
}

export const text = z.string();
export const wholeNumber = (least: number, most: number): z.ZodType<number, string> =>
  read(`a whole number from ${least} to ${most}`, (given) => {
    const value = /^-?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  });
export const truth = read("true or false", (given) => {
  const lower = given.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
});

/** The version of the program whose rows have no other. */
export const since = "0.1.0";
