import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { RuleGroup } from "./alert-rules.js";
import type { Series } from "./evaluate.js";
import { intervalSeconds } from "./simulated-prometheus.js";

/** Whether Prometheus's own tool is on the machine (Debian: package prometheus). */
export const havePromtool = spawnSync("promtool", ["--version"]).status === 0;

/** What `promtool check rules` finds wrong with the groups; empty when nothing. */
export function checkRules(groups: readonly RuleGroup[]): string {
  return inFolder((folder) => {
    writeFileSync(join(folder, "rules.yaml"), stringify({ groups }));
    return run(folder, ["check", "rules", "rules.yaml"]);
  });
}

/**
 * What `promtool test rules` finds wrong with the statement that the alert fires, or does not, at the last of these points;
 * empty when it agrees.
 */
export function testAlert(
  groups: readonly RuleGroup[],
  alert: string,
  series: readonly Series[],
  seconds: number,
  fires: boolean,
): string {
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: `${intervalSeconds}s`,
    tests: [
      {
        interval: `${intervalSeconds}s`,
        input_series: series.map((one) => ({ series: nameOf(one), values: valuesOf(one, seconds) })),
        promql_expr_test: [
          {
            expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) > bool 0`,
            eval_time: `${seconds}s`,
            exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
          },
        ],
      },
    ],
  };
  return inFolder((folder) => {
    writeFileSync(join(folder, "rules.yaml"), stringify({ groups }));
    writeFileSync(join(folder, "test.yaml"), stringify(test));
    return run(folder, ["test", "rules", "test.yaml"]);
  });
}

function nameOf({ labels }: Series): string {
  const shown = [...labels].filter(([label]) => label !== "__name__");
  return `${labels.get("__name__")}{${shown.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
}

/** One value for each interval; `_` where nothing was scraped. */
function valuesOf({ points }: Series, seconds: number): string {
  const values = new Map(points.map((point) => [point.seconds, point.value]));
  const times = Array.from({ length: seconds / intervalSeconds + 1 }, (_, index) => index * intervalSeconds);
  return times.map((time) => values.get(time) ?? "_").join(" ");
}

function inFolder(work: (folder: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), "causeway-rules-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(folder: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: folder, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}` || `promtool ended with ${status}`;
}
