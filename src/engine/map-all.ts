import { Problem } from "../errors/problem.js";
import { referenceIndex } from "../fhir/bundle/index-references.js";
import type { JsonObject } from "../fhir/json.js";
import { bundleOfEntries, type Claim, entryResources } from "./claim-resources.js";
import { hashedUuid } from "./hashed-uuid.js";
import type { Mapper, MapperSettings, ToOpenEhrOptions, ToOpenEhrResult } from "./mapper.js";
import { MAPPING_WITHOUT_RESULT } from "./problems.js";

/** What one context made of the entries that are its own, or of one of them. */
export interface MappedClaim extends Claim {
  readonly result: ToOpenEhrResult;
  /** Stands for the composition in links of other results until it is stored; undefined when none of them leads to it. */
  readonly uri: string | undefined;
}

/** What all contexts made of a Bundle. */
export interface MappedBundle {
  readonly mapped: readonly MappedClaim[];
  /** Positions of entries that nothing was read from: neither claimed and mapped nor referred to by one that was. */
  readonly leftovers: readonly number[];
}

/** Entries that become one composition, and the mapper of their context. */
interface Share {
  readonly claim: Claim;
  readonly mapper: Mapper;
}

/** A share that was mapped. */
interface MappedShare extends Share {
  readonly result: ToOpenEhrResult;
  /** The resources of which something was read. */
  readonly read: ReadonlySet<JsonObject>;
  /** The resources that its links lead to. */
  readonly linked: ReadonlySet<JsonObject>;
}

/**
 * Maps a Bundle with the context of each claim. A run sees the entries of its claim alone, but its references lead to all
 * entries of the Bundle. Where start resources stand apart (`Mapper.startsApart`), each is a run of its own. A link to a resource
 * that another run maps leads to the composition of that run (fhirconnect-language 16), by a URI that stands for it.
 * @throws Problem MAPPING_WITHOUT_RESULT when no context maps anything, and what a run throws for any other reason
 */
export function mapAll(bundle: JsonObject, claims: readonly Share[], settings: MapperSettings): MappedBundle {
  const resources = entryResources(bundle);
  const runner = new ShareRunner(bundle, resources, settings);
  const shares: MappedShare[] = [];
  let nothing: Problem | undefined;
  for (const share of claims.flatMap((claimed) => apart(claimed, resources))) {
    const mapped = runner.run(share, () => undefined);
    if (mapped instanceof Problem) nothing ??= mapped;
    else shares.push(mapped);
  }
  if (shares.length === 0 && nothing !== undefined) throw nothing;
  const read = new Set(shares.flatMap((share) => [...share.read]));
  const leftovers = [...resources.entries()]
    .filter(([, resource]) => resource === undefined || !read.has(resource))
    .map(([position]) => position);
  return { mapped: withLinks(shares, runner, resources), leftovers };
}

/** The claim as it is, or one for each start resource. */
function apart({ claim, mapper }: Share, resources: readonly (JsonObject | undefined)[]): readonly Share[] {
  const starts = claim.positions.filter((position) => {
    const type = resources[position]?.resourceType;
    return type !== undefined && type === mapper.startsApart;
  });
  if (starts.length < 2) return [{ claim, mapper }];
  return starts.map((position) => ({ claim: { ...claim, positions: [position] }, mapper }));
}

/** Maps those once more whose links lead to what others were found to map. */
function withLinks(
  shares: readonly MappedShare[],
  runner: ShareRunner,
  resources: readonly (JsonObject | undefined)[],
): readonly MappedClaim[] {
  const owners = new Map<JsonObject, MappedShare>();
  for (const share of shares) {
    for (const position of share.claim.positions) {
      const resource = resources[position];
      if (resource !== undefined && share.read.has(resource)) owners.set(resource, share);
    }
  }
  const uris = new Map<MappedShare, string>();
  const linked = shares.map((share) => {
    const foreign = [...share.linked].filter((resource) => (owners.get(resource) ?? share) !== share);
    if (foreign.length === 0) return share;
    const uriOf = new Map<JsonObject, string>();
    for (const resource of foreign) {
      const owner = owners.get(resource) as MappedShare;
      const uri = uris.get(owner) ?? temporaryUri(owner.claim, resources);
      uris.set(owner, uri);
      uriOf.set(resource, uri);
    }
    const again = runner.run(share, (resource) => uriOf.get(resource));
    return again instanceof Problem ? share : again;
  });
  return linked.map(({ claim, result }, at) => ({ ...claim, result, uri: uris.get(shares[at] as MappedShare) }));
}

/** Not random, so that every node gives the same answer. */
function temporaryUri({ templateId, positions }: Claim, resources: readonly (JsonObject | undefined)[]): string {
  const content = positions.map((position) => [position, resources[position]]);
  return `urn:uuid:${hashedUuid(JSON.stringify([templateId, content]))}`;
}

class ShareRunner {
  readonly #bundle: JsonObject;
  readonly #resources: readonly (JsonObject | undefined)[];
  readonly #settings: MapperSettings;
  readonly #references: NonNullable<ToOpenEhrOptions["references"]>;

  constructor(bundle: JsonObject, resources: readonly (JsonObject | undefined)[], settings: MapperSettings) {
    this.#bundle = bundle;
    this.#resources = resources;
    this.#settings = settings;
    this.#references = referenceIndex(bundle);
  }

  /** @returns the Problem that says so, when nothing is mapped */
  run({ claim, mapper }: Share, uriOf: (resource: JsonObject) => string | undefined): MappedShare | Problem {
    const own = bundleOfEntries(this.#bundle, claim.positions);
    const read = new Set<JsonObject>();
    const linked = new Set<JsonObject>();
    const options: ToOpenEhrOptions = {
      resolveIn: this.#bundle,
      references: this.#references,
      onRead: (resource) => {
        if (resource !== own) read.add(resource);
        else for (const position of claim.positions) this.#add(position, read);
      },
      linkTo: (resource) => {
        linked.add(resource);
        return uriOf(resource);
      },
    };
    try {
      return { claim, mapper, result: mapper.toOpenEhr(own, this.#settings, options), read, linked };
    } catch (error) {
      if (error instanceof Problem && error.kind === MAPPING_WITHOUT_RESULT) return error;
      throw error;
    }
  }

  #add(position: number, read: Set<JsonObject>): void {
    const resource = this.#resources[position];
    if (resource !== undefined) read.add(resource);
  }
}
