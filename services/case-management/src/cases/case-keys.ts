import type { PersonKey, PersonKeys } from '@throughline/shared/personal-data';
import { derivedId } from '@throughline/shared/persistence';
import { Refusal } from '@throughline/shared/domain';

/** The key that everything personal in a case is encrypted under. */
export class CaseKeys {
  constructor(private readonly keys: PersonKeys) {}

  /** Made when it is first needed. @throws Refusal `person-erased` */
  async of(caseId: string): Promise<CaseKey> {
    const key = await this.keys.keyFor(derivedId('person-key', 'case', caseId));
    if (!key) throw new Refusal('conflict', 'person-erased', 'Who this case was about has been erased.');
    return new CaseKey(key);
  }
}

/** Encrypts and opens the fields of one case. */
export class CaseKey {
  constructor(private readonly key: PersonKey) {}

  encrypt(plaintext: object, context: string): string {
    return this.key.encrypt(plaintext, context);
  }

  decrypt<T extends object>(text: string, context: string): T {
    return this.key.decrypt<T>(text, context);
  }
}
