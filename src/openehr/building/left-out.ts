/** Why something that an input says is not in what was read from it. */
export const leftOutBecause = {
  noAttribute: "openEHR has no attribute for it",
  nullFlavour: "a null flavour stands in its place",
  label: "the template has another text for the code",
  ordinal: "the template has another number for the code",
  terminology: "codes of ordinals are local ones",
  fraction: "a whole number belongs there, its fraction was cut off",
  otherForm: "the same is given in another form, which counts",
  self: "the subject of care itself has no name and no identifiers",
  otherTemplate: "it names another template than the one that it is mapped with",
  owner: "there is nothing that it could belong to",
} as const;

export type LeftOutReason = (typeof leftOutBecause)[keyof typeof leftOutBecause];

/** Told the path of something that was left out, never its value; without a reason openEHR has no attribute for it. */
export type OnLeftOut = (path: string, reason?: LeftOutReason) => void;
