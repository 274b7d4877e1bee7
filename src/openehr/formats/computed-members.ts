/** Members that other programs write although they follow from the rest. */
export const COMPUTED: ReadonlySet<string> = new Set(["magnitude", "offset", "is_integral", "terminal"]);

/** Whether a member of canonical JSON that is no attribute of its class is the format's own or follows from the rest. */
export function isBesideTheModel(name: string): boolean {
  return COMPUTED.has(name) || name.startsWith("_") || name.startsWith("@");
}
