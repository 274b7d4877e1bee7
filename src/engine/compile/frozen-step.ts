import type { FhirAccessor, OpenEhrAccessor, Step, StepKind } from "../plan.js";

/**
 * A step as a run walks it, frozen. Steps, their kinds and their ends each have all members in one order, whatever they were
 * put together from: a run meets so many of them that objects of several layouts would cost it at every access.
 */
export function frozenStep(step: Step): Step {
  return Object.freeze({
    source: step.source,
    direction: step.direction,
    openEhr: step.openEhr && openEhrEnd(step.openEhr),
    leadsNowhere: step.leadsNowhere,
    fhir: fhirEnd(step.fhir),
    openEhrConditions: step.openEhrConditions,
    fhirConditions: step.fhirConditions,
    kind: kindOf(step.kind),
    readAs: step.readAs,
    literals: step.literals,
    children: step.children,
    slot: step.slot,
    slotGroups: step.slotGroups,
  });
}

const noDetails = {
  writesValue: undefined,
  side: undefined,
  value: undefined,
  startsEntry: undefined,
  mapping: undefined,
  entryClass: undefined,
  texts: undefined,
};

function kindOf(kind: StepKind): StepKind {
  const { writesValue, side, value, startsEntry, mapping, entryClass, texts } = { ...noDetails, ...kind };
  return { kind: kind.kind, writesValue, side, value, startsEntry, mapping, entryClass, texts } as StepKind;
}

function openEhrEnd(accessor: OpenEhrAccessor): OpenEhrAccessor {
  return {
    text: accessor.text,
    node: accessor.node,
    chain: accessor.chain,
    repeats: accessor.repeats,
    isIndexed: accessor.isIndexed,
    rmTypes: accessor.rmTypes,
    takesEvents: accessor.takesEvents,
    members: accessor.members,
    targets: accessor.targets,
    part: accessor.part,
    asText: accessor.asText,
    isReference: accessor.isReference,
    joined: accessor.joined,
    unreachable: accessor.unreachable,
    complete: accessor.complete,
  };
}

function fhirEnd(accessor: FhirAccessor): FhirAccessor {
  return {
    text: accessor.text,
    base: accessor.base,
    createsFrom: accessor.createsFrom,
    isInGroup: accessor.isInGroup,
    meetsIterated: accessor.meetsIterated,
    isBase: accessor.isBase,
    requiredType: accessor.requiredType,
    read: accessor.read,
    create: accessor.create,
    referencedType: accessor.referencedType,
    targetType: accessor.targetType,
    targetsOnly: accessor.targetsOnly,
    valueHolder: accessor.valueHolder,
    addressed: accessor.addressed,
    mentionsEffective: accessor.mentionsEffective,
  };
}
