/**
 * A double as the reference writes it (openehr-formats 17.5): the shortest digits that identify it, always with a decimal
 * point, plain between 10^-3 and 10^7 and as `d.dddE[-]n` outside: `65.0`, `0.001`, `1.0E-4`, `1.23456789E7`. What is
 * no number, or infinite, has its name as text.
 */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const plain = String(value);
    return plain.includes(".") ? plain : `${plain}.0`;
  }
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
}
