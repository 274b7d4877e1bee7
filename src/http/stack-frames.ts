/**
 * The stack frames of an error without its message, which may quote the data that was being worked on. For logs of what
 * was not expected.
 */
export function stackFrames(error: Error): readonly string[] {
  return (error.stack ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));
}
