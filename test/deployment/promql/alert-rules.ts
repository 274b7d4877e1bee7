import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** One alert of a rule file, with the words of the file. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** The groups of a rule file, be it one of Prometheus or a PrometheusRule of its operator. */
export function readRuleGroups(path: string): readonly RuleGroup[] {
  const document = parse(readFileSync(path, "utf8")) as {
    readonly groups?: readonly RuleGroup[];
    readonly spec?: { readonly groups: readonly RuleGroup[] };
  };
  return document.groups ?? document.spec?.groups ?? [];
}
