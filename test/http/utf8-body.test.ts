import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Text } from "../../src/http/utf8-body.js";

describe("the text of a body", () => {
  it("is the same whether it is decoded at once or in pieces", async () => {
    const letters = fc.array(fc.constantFrom("a", "ß", "–", "\u{1F600}", "\ufeff", "\n"), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(letters, fc.integer({ min: 1, max: 20_000 }), async (some, times) => {
        const text = some.join("").repeat(times).slice(0, 600_000);
        const body = Buffer.from(text);
        expect(await utf8Text(body)).toBe(body.toString("utf8"));
      }),
      { numRuns: 30 },
    );
  });

  it("is refused with its line where a large one ceases to be UTF-8", async () => {
    const body = Buffer.concat([Buffer.from("line\n".repeat(100_000)), Buffer.from([0xe4, 0x0a])]);
    await expect(utf8Text(body)).rejects.toMatchObject({ place: { position: { line: 100_001 } } });
  });
});
