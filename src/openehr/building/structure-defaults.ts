import { copyOf } from "../rm/copy-value.js";
import { frozen } from "../rm/freeze-value.js";
import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import { instantOf, plusOffset } from "../rm/temporal-text.js";
import type { TemplateNode } from "../template/template.js";
import { codePhrase, openehrCodedText } from "./coded-text.js";
import type { CompletionForm } from "./completion-form.js";
import type { CompositionDraft } from "./composition-draft.js";
import type { CompositionSettings } from "./composition-settings.js";
import type { CompositionContextDefaults } from "./context-defaults.js";
import { minimumOffset } from "./event-offset.js";
import { currentStateFor } from "./instruction-state.js";
import { completesReferences, composerFrom, withReference } from "./party-defaults.js";
import { languagePhrase, type Skeleton } from "./skeleton.js";
import { structureClass } from "./structure-class.js";
import { StructureMembers } from "./structure-members.js";

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
  readonly #form: CompletionForm;
  /** Of events without time. */
  #nodes: Map<RmObject, TemplateNode> | undefined = undefined;

  constructor(draft: CompositionDraft, settings: CompositionSettings, form: CompletionForm) {
    this.#context = draft.contextDefaults;
    this.#form = form;
    this.#settings = settings;
    const asked = this.#context.language ?? settings.language;
    const { defaultLanguage } = draft.template;
    const own = asked === undefined || asked === defaultLanguage ? form.skeletons.language : undefined;
    this.language = own ?? languagePhrase(asked ?? defaultLanguage);
  }

  /** Keeps the node of an event without time, for defaults of its HISTORY that depend on it. */
  remember(object: RmObject, node: TemplateNode): void {
    if (node.attribute !== "events" || object.time !== undefined) return;
    this.#nodes ??= new Map();
    this.#nodes.set(object, node);
  }

  fill(members: StructureMembers, node: TemplateNode, skeleton: Skeleton): void {
    if (completesReferences(this.#context)) members.replaceEach((value) => withReference(value, this.#context));
    if (skeleton.encoding !== undefined) this.#fillEntry(members, skeleton);
    switch (members.structure.name) {
      case "COMPOSITION":
        this.#fillComposition(members, skeleton);
        break;
      case "EVENT_CONTEXT":
        this.#fillEventContext(members);
        break;
      case "ACTION":
        if (members.get("time") === undefined) members.set("time", this.#time(this.#context.actionTime));
        members.setRm("ism_transition", this.#transition(members.get("ism_transition"), node));
        break;
      case "INSTRUCTION":
        members.give("narrative", { _type: "DV_TEXT", value: this.#context.narrative ?? "<none>" });
        break;
      case "ACTIVITY":
        this.#fillActivity(members);
        break;
      case "HISTORY":
        this.#fillHistory(members);
        break;
      case "INTERVAL_EVENT":
        members.give("math_function", ACTUAL);
        break;
      default:
        break;
    }
  }

  #time(...preferred: readonly (string | undefined)[]): RmObject {
    const given = preferred.find((time) => time !== undefined);
    return { _type: "DV_DATE_TIME", value: given ?? this.#context.time ?? this.#settings.now() };
  }

  #fillComposition(members: StructureMembers, { category }: Skeleton): void {
    members.give("language", this.language);
    const territory = this.#context.territory ?? this.#settings.territory;
    if (territory !== undefined && members.get("territory") === undefined)
      members.set("territory", codePhrase("ISO_3166-1", territory));
    const composer = composerFrom(members.get("composer"), this.#context) ?? optionalCopy(this.#settings.composer);
    if (composer === undefined) members.set("composer", SELF);
    else members.setRm("composer", composer);
    members.give("category", category);
    if (this.#context.links !== undefined) {
      const written = members.get("links");
      members.setRm("links", [...(Array.isArray(written) ? written : []), ...this.#context.links.map(copyOf)]);
    }
    if (members.get("context") === undefined && codeOf(members.get("category")) !== PERSISTENT) {
      const context = new StructureMembers(structureClass("EVENT_CONTEXT"), this.#form);
      this.#fillEventContext(context);
      members.set("context", context.finished());
    }
  }

  #fillEventContext(members: StructureMembers): void {
    const { endTime, location, healthCareFacility, participations, setting } = this.#context;
    const start = members.get("start_time");
    if (!isRmObject(start) || start.value === undefined) members.set("start_time", this.#time());
    if (endTime !== undefined) members.give("end_time", this.#time(endTime));
    if (location !== undefined) members.give("location", location);
    if (healthCareFacility !== undefined) {
      members.giveRm("health_care_facility", withReference(copyOf(healthCareFacility), this.#context));
    }
    if (participations !== undefined) members.giveRm("participations", participations.map(copyOf));
    if (setting === undefined) members.give("setting", OTHER_CARE);
    else members.giveRm("setting", copyOf(setting));
  }

  #fillEntry(members: StructureMembers, { encoding, subject }: Skeleton): void {
    members.give("language", this.language);
    members.give("encoding", encoding);
    members.give("subject", subject);
    const { provider, participations, workflowId } = this.#context;
    if (provider !== undefined) members.giveRm("provider", copyOf(provider));
    if (participations !== undefined) members.giveRm("other_participations", participations.map(copyOf));
    if (workflowId !== undefined) members.giveRm("workflow_id", copyOf(workflowId));
  }

  #transition(written: RmValue | undefined, action: TemplateNode): RmObject {
    const transition: RmObject = { ...objectFrom(written), _type: "ISM_TRANSITION" };
    transition.current_state ??=
      currentStateFor(action, codeOf(transition.careflow_step)) ??
      optionalCopy(this.#context.currentState) ??
      COMPLETED;
    return transition;
  }

  #fillActivity(members: StructureMembers): void {
    const timing = objectFrom(members.get("timing")) ?? {
      _type: "DV_PARSABLE",
      value: this.#context.activityTiming ?? "R1",
    };
    members.setRm("timing", { ...timing, formalism: timing.formalism ?? "timing" });
    members.give("action_archetype_id", "/.*/");
  }

  /** Events without time happen at the origin, or as much later as the template says at least. */
  #fillHistory(members: StructureMembers): void {
    const written = members.get("events");
    const events = Array.isArray(written) ? written : [];
    if (members.get("origin") === undefined)
      members.set("origin", earliest(events) ?? this.#time(this.#context.historyOrigin));
    const origin = members.get("origin");
    const text = isRmObject(origin) ? origin.value : undefined;
    if (typeof text !== "string") return;
    for (const [at, event] of events.entries()) {
      if (!isRmObject(event) || event.time !== undefined) continue;
      const node = this.#nodes?.get(event);
      const offset = node === undefined ? undefined : minimumOffset(node);
      event.time = { _type: "DV_DATE_TIME", value: offset === undefined ? text : plusOffset(text, offset) };
      events[at] = this.#form.value(event, "EVENT") ?? event;
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
function earliest(events: readonly RmValue[]): RmObject | undefined {
  let first: { readonly value: string; readonly instant: bigint } | undefined;
  for (const event of events) {
    const time = isRmObject(event) ? event.time : undefined;
    if (!isRmObject(time) || typeof time.value !== "string") continue;
    const instant = instantOf(time.value);
    if (instant !== undefined && (first === undefined || instant < first.instant))
      first = { value: time.value, instant };
  }
  return first && { _type: "DV_DATE_TIME", value: first.value };
}
