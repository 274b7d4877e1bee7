import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../../src/config-names.js";
import { projectText } from "./project-files.js";

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions of the Dockerfile by stage, continued lines joined. */
const stages = projectText("Dockerfile")
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .join("\n")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line !== "")
  .map((line): Instruction => ({ name: line.split(" ", 1)[0] ?? "", text: line.slice(line.indexOf(" ") + 1) }))
  .reduce<Instruction[][]>((all, one) => {
    if (one.name === "FROM") all.push([]);
    all.at(-1)?.push(one);
    return all;
  }, []);
const final = stages.at(-1) ?? [];
const texts = (name: string): readonly string[] => final.filter((one) => one.name === name).map(({ text }) => text);

describe("the Dockerfile", () => {
  it("runs the program as a user that is not root, given as a number", () => {
    expect(texts("USER")).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  });

  it("takes the version and the commit as build arguments and hands them to the program", () => {
    const environment = texts("ENV").join(" ");
    for (const name of ["CAUSEWAY_VERSION", "CAUSEWAY_COMMIT"]) {
      expect(texts("ARG")).toContain(`${name}=`);
      expect(environment).toContain(`${name}=\${${name}}`);
    }
  });

  it("sets only variables that have an effect", () => {
    const names = texts("ENV").flatMap((text) => [...text.matchAll(/(?:^| )([A-Z_]+)=/g)].map(([, name = ""]) => name));
    expect(names.filter((name) => name !== "NODE_ENV" && !Object.hasOwn(VARIABLES, name))).toEqual([]);
  });

  it("serves, on the ports that it names, and checks its own health", () => {
    expect(texts("ENTRYPOINT").concat(texts("CMD"))).toEqual(['["causeway"]', '["serve"]']);
    expect(texts("EXPOSE")).toEqual([`${VARIABLES.PORT.default} 7800`]);
    expect(texts("HEALTHCHECK")[0]).toMatch(/CMD \["node", .*\/health/);
  });

  it("copies only what exists and what .dockerignore lets through", () => {
    const letThrough = projectText(".dockerignore").split("\n");
    const copied = stages
      .flat()
      .filter(({ name, text }) => name === "COPY" && !text.startsWith("--from"))
      .flatMap(({ text }) => text.split(" ").slice(0, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied) {
      expect(letThrough).toContain(`!${path}`);
      expect(existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))), path).toBe(true);
    }
  });

  it("leaves the compiler, the tests and the embedded database out of the image", () => {
    const installs = stages.flat().filter(({ name, text }) => name === "RUN" && text.startsWith("npm ci"));
    expect(installs.map(({ text }) => text)).toContainEqual(expect.stringContaining("--omit=dev --omit=optional"));
    expect(texts("RUN").filter((text) => text.includes("npm"))).toEqual([]);
  });
});
