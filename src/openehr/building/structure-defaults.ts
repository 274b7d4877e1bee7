import { copyOf } from "../rm/copy-value.js";
import { frozen } from "../rm/freeze-value.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { instantOf, plusOffset } from "../rm/temporal-text.js";
import type { TemplateNode } from "../template/template.js";
import { codePhrase, openehrCodedText } from "./coded-text.js";
import type { CompositionDraft } from "./composition-draft.js";
import type { CompositionSettings } from "./composition-settings.js";
import type { CompositionContextDefaults } from "./context-defaults.js";
import { minimumOffset } from "./event-offset.js";
import { currentStateFor } from "./instruction-state.js";
import { completeExternalRefs, composerFrom, withReference } from "./party-defaults.js";
import type { Skeleton } from "./skeleton.js";

const PERSISTENT = "431";

// Shared by all compositions, as skeletons are.
const SELF = frozen<RmObject>({ _type: "PARTY_SELF" });
const OTHER_CARE = frozen(openehrCodedText("setting", "238"));
const COMPLETED = frozen(openehrCodedText("instruction states", "532"));
const ACTUAL = frozen(openehrCodedText("event math function", "640"));

/**
 * Fills what a composition must have and nobody wrote (openehr-formats 12.7, engine-behaviour 7.8), class by class:
 * first from the `ctx/` shortcuts of the draft, then from the template, then from the settings.
 */
export class StructureDefaults {
  readonly #context: CompositionContextDefaults;
  /** Shared by the composition and its entries. */
  readonly language: RmObject;
  readonly #settings: CompositionSettings;
  readonly #nodes = new WeakMap<RmObject, TemplateNode>();

  constructor(draft: CompositionDraft, settings: CompositionSettings) {
    this.#context = draft.contextDefaults;
    this.#settings = settings;
    const language = this.#context.language ?? settings.language ?? draft.template.defaultLanguage;
    this.language = frozen(codePhrase("ISO_639-1", language));
  }

  /** Keeps the node of an event without time, for defaults of its HISTORY that depend on it. */
  remember(object: RmObject, node: TemplateNode): void {
    if (node.attribute === "events" && object.time === undefined) this.#nodes.set(object, node);
  }

  fill(object: RmObject, node: TemplateNode, skeleton: Pick<Skeleton, "category" | "encoding" | "subject">): void {
    completeExternalRefs(object, this.#context);
    if (skeleton.encoding !== undefined) this.#fillEntry(object, skeleton);
    switch (object._type) {
      case "COMPOSITION":
        this.#fillComposition(object, skeleton);
        break;
      case "EVENT_CONTEXT":
        this.#fillEventContext(object);
        break;
      case "ACTION":
        object.time ??= this.#time(this.#context.actionTime);
        object.ism_transition = this.#transition(object.ism_transition, node);
        break;
      case "INSTRUCTION":
        object.narrative ??= { _type: "DV_TEXT", value: this.#context.narrative ?? "<none>" };
        break;
      case "ACTIVITY":
        this.#fillActivity(object);
        break;
      case "HISTORY":
        this.#fillHistory(object);
        break;
      case "INTERVAL_EVENT":
        object.math_function ??= ACTUAL;
        break;
      default:
        break;
    }
  }

  #time(...preferred: readonly (string | undefined)[]): RmObject {
    const given = preferred.find((time) => time !== undefined);
    return { _type: "DV_DATE_TIME", value: given ?? this.#context.time ?? this.#settings.now() };
  }

  #fillComposition(object: RmObject, { category }: Pick<Skeleton, "category">): void {
    object.language ??= this.language;
    const territory = this.#context.territory ?? this.#settings.territory;
    if (territory !== undefined) object.territory ??= codePhrase("ISO_3166-1", territory);
    object.composer = composerFrom(object.composer, this.#context) ?? optionalCopy(this.#settings.composer) ?? SELF;
    object.category ??= category;
    if (this.#context.links !== undefined) {
      const written = Array.isArray(object.links) ? object.links : [];
      object.links = [...written, ...this.#context.links.map((link) => copyOf(link))];
    }
    if (object.context === undefined && codeOf(object.category) !== PERSISTENT) {
      const context: RmObject = { _type: "EVENT_CONTEXT" };
      this.#fillEventContext(context);
      object.context = context;
    }
  }

  #fillEventContext(object: RmObject): void {
    const { endTime, location, healthCareFacility, participations, setting } = this.#context;
    if (!isRmObject(object.start_time) || object.start_time.value === undefined) object.start_time = this.#time();
    if (endTime !== undefined) object.end_time ??= this.#time(endTime);
    if (location !== undefined) object.location ??= location;
    if (healthCareFacility !== undefined) {
      object.health_care_facility ??= withReference(copyOf(healthCareFacility), this.#context);
    }
    if (participations !== undefined)
      object.participations ??= participations.map((participation) => copyOf(participation));
    object.setting ??= optionalCopy(setting) ?? OTHER_CARE;
  }

  #fillEntry(object: RmObject, { encoding, subject }: Pick<Skeleton, "encoding" | "subject">): void {
    object.language ??= this.language;
    object.encoding ??= encoding;
    object.subject ??= subject;
    const { provider, participations, workflowId } = this.#context;
    if (provider !== undefined) object.provider ??= copyOf(provider);
    if (participations !== undefined)
      object.other_participations ??= participations.map((participation) => copyOf(participation));
    if (workflowId !== undefined) object.workflow_id ??= copyOf(workflowId);
  }

  #transition(written: RmValue | undefined, action: TemplateNode): RmObject {
    const transition: RmObject = { ...objectFrom(written), _type: "ISM_TRANSITION" };
    transition.current_state ??=
      currentStateFor(action, codeOf(transition.careflow_step)) ??
      optionalCopy(this.#context.currentState) ??
      COMPLETED;
    return transition;
  }

  #fillActivity(object: RmObject): void {
    const timing = objectFrom(object.timing) ?? {
      _type: "DV_PARSABLE",
      value: this.#context.activityTiming ?? "R1",
    };
    object.timing = { ...timing, formalism: timing.formalism ?? "timing" };
    object.action_archetype_id ??= "/.*/";
  }

  /** Events without time happen at the origin, or as much later as the template says at least. */
  #fillHistory(object: RmObject): void {
    const events = Array.isArray(object.events) ? object.events.filter(isRmObject) : [];
    object.origin ??= earliest(events) ?? this.#time(this.#context.historyOrigin);
    const origin = isRmObject(object.origin) ? object.origin.value : undefined;
    if (typeof origin !== "string") return;
    for (const event of events) {
      if (event.time !== undefined) continue;
      const node = this.#nodes.get(event);
      const offset = node === undefined ? undefined : minimumOffset(node);
      event.time = { _type: "DV_DATE_TIME", value: offset === undefined ? origin : plusOffset(origin, offset) };
    }
  }
}

function optionalCopy(object: RmObject | undefined): RmObject | undefined {
  return object === undefined ? undefined : copyOf(object);
}

function objectFrom(value: RmValue | undefined): RmObject | undefined {
  return isRmObject(value) ? value : undefined;
}

/** The code of a coded text, if there is one. */
function codeOf(value: RmValue | undefined): string | undefined {
  const definingCode = isRmObject(value) ? value.defining_code : undefined;
  const code = isRmObject(definingCode) ? definingCode.code_string : undefined;
  return typeof code === "string" ? code : undefined;
}

/** When the earliest event happens: what else its time says, such as reference ranges, is about the event alone. */
function earliest(events: readonly RmObject[]): RmObject | undefined {
  let first: { readonly value: string; readonly instant: bigint } | undefined;
  for (const { time } of events) {
    if (!isRmObject(time) || typeof time.value !== "string") continue;
    const instant = instantOf(time.value);
    if (instant !== undefined && (first === undefined || instant < first.instant))
      first = { value: time.value, instant };
  }
  return first && { _type: "DV_DATE_TIME", value: first.value };
}
