// The two halves of the key that an exchange of one's own takes where it is given no other.

export interface Keys {
  readonly apiKey: string
  readonly secret: string
}

/** Known to everybody, and good for nothing but an exchange on one's own loopback. */
export const REHEARSAL_KEYS: Keys = { apiKey: 'dita-rehearsal-key', secret: 'dita-rehearsal-secret' }
