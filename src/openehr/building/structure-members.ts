import { isRmObject, type RmObject, type RmValue } from "../rm/rm-object.js";
import type { CompletionForm } from "./completion-form.js";
import type { StructureClass } from "./structure-class.js";

/**
 * A structure in the making: what its attributes have so far, by position in its class, so that the finished object has them in
 * the order in which they are written, whatever order they come in. All is in the form of the completion.
 */
export class StructureMembers {
  readonly structure: StructureClass;
  readonly #form: CompletionForm;
  readonly #values: (RmValue | undefined)[];
  /** Attributes that the class does not have. */
  #unknown: Record<string, RmValue> | undefined = undefined;

  constructor(structure: StructureClass, form: CompletionForm) {
    this.structure = structure;
    this.#form = form;
    this.#values = new Array<RmValue | undefined>(structure.names.length).fill(undefined);
  }

  /** What an attribute has. */
  get(name: string): RmValue | undefined {
    const position = this.structure.at[name];
    return position === undefined ? this.#unknown?.[name] : this.#values[position];
  }

  /** Gives an attribute a value, in place of the one it has; undefined takes it away. */
  set(name: string, value: RmValue | undefined): void {
    const position = this.structure.at[name];
    if (position !== undefined) this.#values[position] = value;
    else if (value !== undefined && this.#form.keepsUnknown) this.#unknown = { ...this.#unknown, [name]: value };
  }

  /** Gives an attribute a value if it has none. */
  give(name: string, value: RmValue | undefined): void {
    const position = this.structure.at[name];
    if (position !== undefined) this.#values[position] ??= value;
  }

  /** Gives an attribute an RM value, in place of the one it has. */
  setRm(name: string, value: RmValue): void {
    const position = this.structure.at[name];
    this.set(name, this.#form.value(value, position === undefined ? "" : (this.structure.types[position] ?? "")));
  }

  /** Gives an attribute an RM value if it has none. */
  giveRm(name: string, value: RmValue): void {
    if (this.get(name) === undefined) this.setRm(name, value);
  }

  /** Adds what was written into a structure itself, lists as lists of its own; false when that was nothing. */
  addWritten(written: RmObject): boolean {
    let added = false;
    for (const name in written) {
      const value = written[name];
      if (name === "_type" || value === undefined) continue;
      this.setRm(name, Array.isArray(value) ? [...value] : value);
      added = true;
    }
    return added;
  }

  /** Lists grow; a later alternative of a single attribute takes the place of the earlier one. */
  put(name: string, value: RmValue, isList: boolean): void {
    const before = this.get(name);
    if (isList) {
      if (Array.isArray(before)) before.push(value);
      else this.set(name, before === undefined ? [value] : [before, value]);
    } else if (isRmObject(before) && isRmObject(value) && value._type === "ISM_TRANSITION") {
      // One transition, spread over the nodes of the careflow steps that the template allows.
      this.setRm(name, { ...before, ...value });
    } else this.set(name, value);
  }

  /** Puts something else in place of the values that attributes have, members of lists one by one. */
  replaceEach(replacement: (value: RmObject) => RmObject): void {
    const replaced = (value: RmValue): RmValue => (isRmObject(value) ? replacement(value) : value);
    for (const name of this.structure.names) {
      const value = this.get(name);
      if (value !== undefined) this.setRm(name, Array.isArray(value) ? value.map(replaced) : replaced(value));
    }
  }

  /** Whether everything is missing without which such a structure means nothing. */
  get isMeaningless(): boolean {
    const { needed } = this.structure;
    return needed.length > 0 && needed.every((position) => this.#values[position] === undefined);
  }

  /** The finished object. */
  finished(): RmObject {
    const { names } = this.structure;
    const values = this.#values;
    const { object, written } = this.#begun();
    for (let at = written; at < names.length; at++) {
      const value = values[at];
      if (value !== undefined) object[names[at] as string] = value;
    }
    return this.#unknown === undefined ? object : Object.assign(object, this.#unknown);
  }

  /** An object with the members that nearly all of its kind begin with, and how many attributes these are. */
  #begun(): { readonly object: RmObject; readonly written: number } {
    const { name: type, at } = this.structure;
    const [name, archetype_details, feeder_audit, language] = this.#values;
    if (!this.#form.saysClass(type)) return { object: {} as RmObject, written: 0 };
    if (name === undefined || at.name !== 0) return { object: { _type: type }, written: 0 };
    if (archetype_details === undefined) return { object: { _type: type, name }, written: 1 };
    if (feeder_audit !== undefined || language === undefined || at.language !== 3)
      return { object: { _type: type, name, archetype_details }, written: 2 };
    const [, , , , second, third, fourth] = this.#values;
    if (at.territory === 4 && second !== undefined && third !== undefined && fourth !== undefined) {
      const [territory, category, composer] = [second, third, fourth];
      return { object: { _type: type, name, archetype_details, language, territory, category, composer }, written: 7 };
    }
    if (at.encoding === 4 && second !== undefined && third === undefined && fourth !== undefined)
      return {
        object: { _type: type, name, archetype_details, language, encoding: second, subject: fourth },
        written: 7,
      };
    return { object: { _type: type, name, archetype_details, language }, written: 4 };
  }
}
