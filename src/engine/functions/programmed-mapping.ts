import type { FhirInstance } from "../../fhir/path/fhir-instance.js";
import type { FhirNode } from "../../fhir/path/fhir-node.js";
import type { RmObject } from "../../openehr/rm/rm-object.js";
import type { ConversionContext, FhirData } from "../datatypes/fhir-data.js";

/**
 * Program code that a method calls instead of the conversion of its pair (`mappingCode`, fhirconnect-language 18).
 * Conditions, recurrence and children stay with the engine. A programmed mapping finds its places by node id, so it works
 * in every template that uses the archetype.
 */
export interface ProgrammedMapping {
  /** The `mappingCode` that calls it. */
  readonly code: string;
  /** Writes what a FHIR element means at and below the place of the method; false when it does not take the element. */
  toOpenEhr(input: FhirNode, place: ProgrammedPlace, context: ConversionContext): boolean;
  /** The FHIR value for an occurrence of the method's openEHR end; undefined when there is none. */
  toFhir(source: ProgrammedSource, context: ConversionContext): FhirData | undefined;
  /**
   * The FHIR value for the method's FHIR end once everything else of the resource is written; for programs that tell what a
   * resource holds. Called once for each place where the method's conditions hold, instead of `toFhir`.
   */
  readonly whenComplete?: (written: WrittenElements) => FhirData | undefined;
}

/** What a mapping has written around a method. */
export interface WrittenElements {
  /** The object of the method's model, for `$resource`. */
  readonly model: FhirInstance;
  /** The element of the enclosing method, for `$fhirRoot`. */
  readonly enclosing: FhirInstance;
}

/** A program as the registry knows it: how it is called, and what a call with arguments does. */
export interface ProgrammedMappingKind {
  /** The `mappingCode` up to the parenthesis. */
  readonly code: string;
  /** Names of the arguments, in order. */
  readonly arguments: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Made once for each method that calls it, when the mapping is compiled. */
  create(values: readonly string[]): ProgrammedMapping;
}

/** Where a programmed mapping writes. */
export interface ProgrammedPlace {
  /**
   * Writes a data value at the place of the method or in an ELEMENT below it.
   * @param nodeIds at-codes on the way down; empty for the place itself
   * @returns false when the template has no such ELEMENT, or none for that RM class
   */
  write(nodeIds: readonly string[], value: RmObject): boolean;
  /**
   * Writes an RM attribute that is no node of templates (`feeder_audit`) on the nearest archetype root at or above the place.
   * @returns false when no class on the way has such an attribute
   */
  writeAttribute(attribute: string, value: RmObject): boolean;
  /** What stands there so far; undefined when nothing does. */
  read(nodeIds: readonly string[]): RmObject | undefined;
  /** Takes back what stands there, whatever its class. */
  clear(nodeIds: readonly string[]): void;
}

/** Where a programmed mapping reads: one occurrence of the method's openEHR end. */
export interface ProgrammedSource {
  /** The data value of the occurrence itself, for methods on an ELEMENT. */
  readonly value: RmObject | undefined;
  /** Data values of the ELEMENTs below, by at-codes on the way down. */
  values(nodeIds: readonly string[]): readonly RmObject[];
}
