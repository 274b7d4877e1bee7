import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";

const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The text of a file of the project. */
export function projectText(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

/** A file of the project with one YAML document. Keys that are there twice are refused. */
export function projectYaml(path: string): unknown {
  return parse(projectText(path));
}

/** The YAML files below k8s/, as paths from the root of the project. */
export function kubernetesFiles(): readonly string[] {
  return readdirSync(join(projectRoot, "k8s"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".yaml"))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
    .sort();
}

/** The compose files, the main one first. */
export function composeFiles(): readonly string[] {
  return readdirSync(projectRoot)
    .filter((name) => /^docker-compose.*\.yml$/.test(name))
    .sort((one, other) => one.length - other.length);
}

/** A Kubernetes object as far as all kinds have the same parts. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly file: string;
}

/** All objects of all manifests; not the kustomizations and the alert rules, which never reach the API server. */
export function kubernetesObjects(): readonly KubernetesObject[] {
  const others = (path: string): boolean => path.endsWith("kustomization.yaml") || path === "k8s/alerts.yaml";
  return kubernetesFiles()
    .filter((path) => !others(path))
    .flatMap((file) =>
      parseAllDocuments(projectText(file)).map((document) => {
        if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join("; ")}`);
        return { ...(document.toJS() as KubernetesObject), file };
      }),
    );
}
