import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface SchemaFault {
  readonly instancePath: string;
  readonly message?: string;
}

interface SchemaCheck {
  (data: unknown): boolean;
  readonly errors?: readonly SchemaFault[] | null;
}

const packages = createRequire(import.meta.url);
/** The package offers its schemas as methods of classes only, which copy what they are given; here they are as functions. */
const schemaFolder = join(dirname(packages.resolve("kubernetes-models/package.json")), "_schemas");

/**
 * What is wrong with a Kubernetes object by the schemas of Kubernetes (package kubernetes-models, compiled from its OpenAPI
 * description). Like `kubectl --validate=strict` it also names fields that the schema does not know: those that the
 * compiled schema never looks at.
 */
export function kubernetesFaults(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] {
  const schema = loadSchema(object.apiVersion, object.kind);
  if (schema === undefined) return [`there is no schema of ${object.kind} in ${object.apiVersion}`];
  const unseen = new Set<string>();
  const faults = schema(watched(object, "", unseen)) ? [] : (schema.errors ?? []);
  return [
    ...faults.map(({ instancePath, message }) => `${instancePath} ${message ?? "is wrong"}`),
    ...[...unseen].map((path) => `${path} is not a field of the schema`),
  ];
}

/** `networking.k8s.io/v1` `Ingress` is `IoK8sApiNetworkingV1Ingress`, `v1` `Service` is `IoK8sApiCoreV1Service`. */
function loadSchema(apiVersion: string, kind: string): SchemaCheck | undefined {
  const [group = "", version = ""] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const name = `IoK8sApi${capital(group.replace(/\.k8s\.io$/, ""))}${capital(version)}${kind}`;
  try {
    const { validate } = packages(join(schemaFolder, `${name}.js`)) as { readonly validate: SchemaCheck };
    return validate;
  } catch (error) {
    if (error instanceof Error && error.message.includes(name)) return undefined;
    throw error;
  }
}

/** The same data; `unseen` holds the paths of its fields until they are looked at. */
function watched(data: unknown, path: string, unseen: Set<string>): unknown {
  if (typeof data !== "object" || data === null) return data;
  const target = data as Record<string, unknown>;
  const parts = new Map(Object.keys(target).map((key) => [key, watched(target[key], `${path}/${key}`, unseen)]));
  for (const key of parts.keys()) unseen.add(`${path}/${key}`);
  return new Proxy(target, {
    get: (object, key) => {
      if (typeof key !== "string" || !parts.has(key)) return Reflect.get(object, key);
      unseen.delete(`${path}/${key}`);
      return parts.get(key);
    },
  });
}
