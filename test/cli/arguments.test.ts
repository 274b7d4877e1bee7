import { describe, expect, it } from "vitest";
import { parse } from "../../src/cli/arguments.js";

describe("arguments of a command", () => {
  it.each([[["--unknown"]], [["--name"]], [["--name=a", "--help=b"]]])(
    "that it does not take are wrong usage: %s",
    (args) => {
      const options = { name: { type: "string" }, help: { type: "boolean" } } as const;
      expect(() => parse(args, options)).toThrow(expect.objectContaining({ code: "CLI_USAGE" }));
    },
  );

  it("are not blamed for a fault in how the command describes its options", () => {
    const options = { name: { type: "date" } } as never;
    expect(() => parse([], options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });
});
