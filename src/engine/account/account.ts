import type { JsonObject } from "../../fhir/json.js";
import type { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { CompositionDraft, DraftNode } from "../../openehr/building/composition-draft.js";
import type { RmObject, RmValue } from "../../openehr/rm/rm-object.js";
import type { Template } from "../../openehr/template/template.js";
import { eachCompositionLeaf, type Origin } from "./composition-origins.js";
import { eachLeaf } from "./document-leaves.js";
import { FhirOrigins } from "./fhir-origins.js";
import type {
  AccountReport,
  Actor,
  InputLeaf,
  OutputLeaf,
  RuleApplication,
  WithoutEffect,
} from "./rule-application.js";
import { watchedDraft } from "./watched-draft.js";
import { WatchedInputs } from "./watched-input.js";

/** An application while it goes on. */
class Application implements RuleApplication {
  readonly actor: Actor;
  readonly #reads = new Set<InputLeaf>();
  readonly writes: string[] = [];
  readonly #overwriters = new Set<Application>();
  #reason: WithoutEffect | undefined;
  #wrote = false;

  constructor(actor: Actor) {
    this.actor = actor;
  }

  get reads(): readonly InputLeaf[] {
    return [...this.#reads];
  }

  get withoutEffect(): WithoutEffect | undefined {
    return this.#wrote ? undefined : this.#reason;
  }

  get overwrittenBy(): readonly Application[] {
    return [...this.#overwriters];
  }

  read(leaf: InputLeaf): void {
    this.#reads.add(leaf);
  }

  /** A rule that is applied to several values has an effect when one of them has. */
  wrote(): void {
    this.#wrote = true;
  }

  because(reason: WithoutEffect): void {
    this.#reason = reason;
  }

  overwritten(by: Application): void {
    this.#overwriters.add(by);
  }

  /** The result is there, and what is left of this in it is known. */
  close(): void {
    if (this.writes.length > 0 || this.#overwriters.size === 0) return;
    this.#wrote = false;
    this.#reason = "overwritten";
  }
}

/**
 * The account of one run: what each rule read and wrote. Handed to a mapper with the input; without one a run does not spend
 * anything on it. Make one for each run, and ask for the report when the result is there.
 */
export class Account {
  readonly #applications: Application[] = [];
  readonly #running: Application[] = [];
  readonly #touched = new Set<InputLeaf>();
  readonly #inputs = new WatchedInputs((leaf) => this.#read(leaf));
  readonly #fhir = new FhirOrigins<Application>();
  readonly #placements = new Map<RmValue, DraftNode>();
  #output: readonly OutputLeaf[] = [];

  /** A rule begins; what is read and written from now on is its doing, until another begins within it or it ends. */
  enter(actor: Actor): void {
    const application = new Application(actor);
    this.#applications.push(application);
    this.#running.push(application);
  }

  leave(): void {
    this.#running.pop();
  }

  /** Says of the rule that is running why it writes nothing. */
  because(reason: WithoutEffect): void {
    this.#current().because(reason);
  }

  /** Takes an input into the account; the run has to work on what this gives back. */
  watch<Document extends object>(document: Document): Document {
    return this.#inputs.watch(document);
  }

  /** The object of an input that a watched one stands for. */
  original<Value extends object>(value: Value): Value {
    return this.#inputs.original(value);
  }

  /** The watched object that stands for one of an input, once a run has reached it. */
  shown<Value extends object>(original: Value): Value {
    return this.#inputs.shown(original);
  }

  /** Notes what a FHIR element has from the start: the url of an extension. It is no effect by itself. */
  readonly created = (instance: FhirInstance): void => this.#fhir.wrote(this.#current(), instance);

  /** Notes that the running rule put a new FHIR element in the place of this one. */
  readonly replaced = (instance: FhirInstance): void => {
    const application = this.#current();
    for (const writer of this.#fhir.writersAt(instance)) writer.overwritten(application);
  };

  /** Lets the running rule fill a FHIR element, and notes what it wrote and what it replaced there. */
  filling(instance: FhirInstance, fill: () => boolean): boolean {
    const before = this.#fhir.primitivesAt(instance);
    if (!fill()) return false;
    const application = this.#current();
    for (const writer of this.#fhir.writersOfReplaced(before, instance)) writer.overwritten(application);
    this.wrote(instance);
    return true;
  }

  /** Says that the running rule wrote into a FHIR element. */
  wrote(instance: FhirInstance): void {
    const application = this.#current();
    application.wrote();
    this.#fhir.wrote(application, instance);
  }

  /** A draft in which every write is noted. */
  draft(template: Template): CompositionDraft {
    return watchedDraft(template, {
      current: () => {
        const application = this.#current();
        application.wrote();
        return application;
      },
      replaced: (writer) => writer.overwritten(this.#current()),
    });
  }

  /** For the writer of FHIR JSON: where an element ended up. */
  get onValue() {
    return this.#fhir.onValue;
  }

  /** For the completion of a draft: what an occurrence became. */
  readonly onPlaced = (occurrence: DraftNode, value: RmValue): void => {
    this.#placements.set(value, occurrence);
  };

  /** Closes the account with the result. */
  closeWithBundle(bundle: JsonObject): void {
    this.#close((visit) => this.#fhir.eachLeaf(bundle, visit));
  }

  /** Closes the account with the result, as the completion gave it. */
  closeWithComposition(composition: RmObject): void {
    this.#close((visit) => eachCompositionLeaf(composition, this.#placements, visit));
  }

  /** What was touched and what was not, and where everything in the result comes from. Output only once it is closed. */
  report(): AccountReport {
    const touchedPaths = this.#inputs.documents.map(() => new Set<string>());
    for (const { document, path } of this.#touched) touchedPaths[document]?.add(path);
    const untouched: InputLeaf[] = [];
    for (const [document, content] of this.#inputs.documents.entries()) {
      eachLeaf(content, (path) => {
        if (touchedPaths[document]?.has(path) !== true) untouched.push({ document, path });
      });
    }
    return { applications: this.#applications, touched: [...this.#touched], untouched, output: this.#output };
  }

  #close(walk: (visit: (path: string, origin: Origin<Application>) => void) => void): void {
    const output: OutputLeaf[] = [];
    for (const application of this.#applications) application.writes.length = 0;
    walk((path, origin) => {
      output.push({ path, origin });
      if (typeof origin === "object" && "writtenBy" in origin) origin.writtenBy.writes.push(path);
    });
    for (const application of this.#applications) application.close();
    this.#output = output;
  }

  #read(leaf: InputLeaf): void {
    this.#touched.add(leaf);
    this.#current().read(leaf);
  }

  #current(): Application {
    const current = this.#running.at(-1);
    if (current !== undefined) return current;
    this.enter("outside of rules");
    return this.#running.at(-1) as Application;
  }
}
