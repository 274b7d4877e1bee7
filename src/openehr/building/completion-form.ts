import type { RmValue } from "../rm/rm-object.js";
import type { SkeletonSource } from "./skeleton.js";

/** What the completion of a draft makes: RM objects, or at once what canonical JSON writes of them. */
export interface CompletionForm {
  /** What templates determine, in this form. */
  readonly skeletons: SkeletonSource;
  /** Whether structures of a class say their class. */
  saysClass(structure: string): boolean;
  /** Whether structures have attributes that their class does not have. */
  readonly keepsUnknown: boolean;
  /**
   * An RM value in this form; undefined for one of which nothing is left. What has this form already comes back as it is.
   * @param declaredType class that the reference model declares for its place
   */
  value(value: RmValue, declaredType: string): RmValue | undefined;
}

/** RM objects: everything says its class. */
export function rmForm(skeletons: SkeletonSource): CompletionForm {
  return { skeletons, saysClass: () => true, keepsUnknown: true, value: (value) => value };
}
