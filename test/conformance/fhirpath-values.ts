import fhirpath, { type Model, type ResourceNode, type UserInvocationTable } from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";
import r5 from "fhirpath/fhir-context/r5";
import stu3 from "fhirpath/fhir-context/stu3";
import { isJsonObject } from "./json-pointer.js";
import type { FhirVersion } from "./manifest.js";

/** fhirpath.js has no R4B model; for the elements that assertions name it is R4. */
const models: Readonly<Record<FhirVersion, Model>> = { STU3: stu3, R4: r4, R4B: r4, R5: r5 };

/**
 * Evaluates a FHIRPath expression on a Bundle or resource and gives the collection as plain JSON values; dates are the
 * text in the JSON. `resolve()` looks in the document only (conformance README, "fhirpath"): `#id` in `contained` of the
 * entry resource, also from inside a contained resource, everything else among the entries. Throws when the expression
 * cannot be read or evaluated.
 */
export function fhirPathValues(document: unknown, expression: string, version: FhirVersion): readonly unknown[] {
  const result = fhirpath.evaluate(document, expression, undefined, models[version], {
    async: false,
    userInvocationTable: { resolve: resolveWithin(document) },
  });
  return result as readonly unknown[];
}

type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

interface Entry {
  readonly fullUrl: string | undefined;
  readonly resource: Resource;
}

/** The class of the nodes is not exported; every node leads to it. */
interface ResourceNodeClass {
  makeResNode(
    context: unknown,
    data: unknown,
    parent: ResourceNode | null,
    path: null,
    more: null,
    type: null,
  ): ResourceNode;
}

function resolveWithin(document: unknown): UserInvocationTable[string] {
  const entries = entriesOf(document);
  return {
    arity: { 0: [] },
    // Without this the results would carry no type, and `resolve().ofType(X)` would be empty.
    internalStructures: true,
    fn(this: unknown, references: readonly ResourceNode[]): ResourceNode[] {
      return references.flatMap((node) => {
        const reference = referenceText(node.data);
        if (reference === undefined) return [];
        const owner = entryResourceNode(node);
        const target = reference.startsWith("#")
          ? containedResource(owner?.data, reference.slice(1))
          : entries.find((entry) => refersTo(reference, entry))?.resource;
        if (target === undefined) return [];
        const { makeResNode } = node.constructor as unknown as ResourceNodeClass;
        // A contained resource keeps its container as parent, so that references inside it find their way, too.
        return [makeResNode(this, target, reference.startsWith("#") ? owner : null, null, null, null)];
      });
    },
  };
}

function isResource(value: unknown): value is Resource {
  return isJsonObject(value) && typeof value.resourceType === "string";
}

function entriesOf(document: unknown): readonly Entry[] {
  if (!isJsonObject(document) || !Array.isArray(document.entry)) return [];
  return (document.entry as readonly unknown[]).flatMap((entry) =>
    isJsonObject(entry) && isResource(entry.resource)
      ? [{ fullUrl: typeof entry.fullUrl === "string" ? entry.fullUrl : undefined, resource: entry.resource }]
      : [],
  );
}

/** Takes a Reference or the text of one. */
function referenceText(data: unknown): string | undefined {
  const text = isJsonObject(data) ? data.reference : data;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** The outermost resource around a node that is not the Bundle: the one whose `contained` counts. */
function entryResourceNode(node: ResourceNode): ResourceNode | null {
  let found: ResourceNode | null = null;
  for (let above: ResourceNode | null = node; above !== null; above = above.parentResNode ?? null) {
    if (isResource(above.data) && above.data.resourceType !== "Bundle") found = above;
  }
  return found;
}

function containedResource(owner: unknown, id: string): Resource | undefined {
  if (!isResource(owner)) return undefined;
  if (id === "") return owner;
  const contained: readonly unknown[] = Array.isArray(owner.contained) ? owner.contained : [];
  return contained.filter(isResource).find((resource) => resource.id === id || resource.id === `#${id}`);
}

/** FHIR R4, "Resolving references in Bundles", without the version part. */
function refersTo(reference: string, { fullUrl, resource }: Entry): boolean {
  const versionless = reference.split("/_history/")[0] ?? reference;
  if (versionless === fullUrl) return true;
  const typeAndId = `${resource.resourceType}/${String(resource.id)}`;
  if (versionless === typeAndId) return true;
  // An absolute reference names its server, so Type/id is enough only where the entry does not name another one.
  return fullUrl === undefined && versionless.endsWith(`/${typeAndId}`);
}
