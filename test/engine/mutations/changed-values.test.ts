import { describe, expect, it } from "vitest";
import { hasCorpus } from "../../conformance/corpus.js";
import { ChangedInput } from "./changed-input.js";
import { leavesOf, pointerOf } from "./json-leaves.js";
import { allSubjects } from "./mapping-subjects.js";
import { tenthOf } from "./seeded-choice.js";

if (!hasCorpus) console.info("../shared is not there: values are changed in the project's own examples only");

describe.each(allSubjects().map((subject) => [subject.id, subject] as const))("%s", (id, subject) => {
  it("shows a changed value or reports it, unless no rule looks at the value", () => {
    const changed = new ChangedInput(subject);
    const leaves = leavesOf(subject.input()).filter(({ path }) => path.length > 0);
    const silent = tenthOf(leaves, id).filter((leaf) => changed.silence(leaf) === "silent");
    expect(silent.map(({ path }) => pointerOf(path))).toEqual([]);
  });
});
