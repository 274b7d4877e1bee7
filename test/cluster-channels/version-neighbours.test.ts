import { describe, expect, it } from "vitest";
import { areVersionNeighbours } from "../../src/cluster/channels/version-neighbours.js";

describe("versions that may work together", () => {
  it.each([
    ["0.1.0", "0.1.0", true],
    ["0.1.0", "0.1.9", true],
    ["0.1.0", "0.2.0", true],
    ["0.1.0", "0.3.0", false],
    ["1.9.9", "2.0.1", true],
    ["1.9.9", "2.1.0", false],
    ["1.0.0", "3.0.0", false],
    ["1.2.3-beta.1", "1.2.3+build", true],
    ["unknown", "unknown", true],
    ["unknown", "1.0.0", false],
  ])("%s and %s: %s", (one, other, together) => {
    expect(areVersionNeighbours(one, other)).toBe(together);
    expect(areVersionNeighbours(other, one)).toBe(together);
  });
});
