import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer } from './seal.ts';
import { reasonOf, singleCharacterChanges, valueOrRefusal } from './test-support.ts';

const masterKey = Buffer.alloc(32, 1);
const place = { appId: 7, field: 'tim.secret' };
const sealer = createSealer([masterKey]);

describe('createSealer', () => {
  it('opens what it sealed, in its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (plain, appId, field) => {
        expect(sealer.unseal(sealer.seal(plain, { appId, field }), { appId, field })).toBe(plain);
      }),
    );
  });

  it('hides the text and never repeats itself', () => {
    const sealed = sealer.seal('a secret', place);
    expect(sealed).toMatch(/^seal1\.[0-9a-f]{12}\.[\w-]+$/);
    expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes('a secret')).toBe(false);
    expect(sealer.seal('a secret', place)).not.toBe(sealed);
  });

  it('keeps opening values written by this version', () => {
    const fixed = createSealer([masterKey], () => new Uint8Array(12));
    const written = 'seal1.87013b63c780.AAAAAAAAAAAAAAAAOTleLKuEsIhXDi61bTlknkZjGOaAKPkx';
    expect(fixed.seal('a secret', place)).toBe(written);
    expect(sealer.unseal(written, place)).toBe('a secret');
  });

  it('opens nowhere else', () => {
    const sealed = sealer.seal('a secret', place);
    for (const other of [
      { ...place, appId: 8 },
      { ...place, field: 'zim.secret' },
      { appId: '7"', field: '' },
    ]) {
      expect(reasonOf(() => sealer.unseal(sealed, other))).toBe('badSignature');
    }
    const shifted = sealer.seal('x', { appId: 'a', field: 'bc' });
    expect(reasonOf(() => sealer.unseal(shifted, { appId: 'ab', field: 'c' }))).toBe('badSignature');
  });

  it('changes keys without losing old values', () => {
    const old = sealer.seal('a secret', place);
    const next = createSealer([Buffer.alloc(32, 2), masterKey]);
    expect(next.unseal(old, place)).toBe('a secret');
    expect(next.needsReseal(old)).toBe(true);
    const fresh = next.seal('a secret', place);
    expect(next.needsReseal(fresh)).toBe(false);
    expect(reasonOf(() => sealer.unseal(fresh, place))).toBe('keyNotFound');
  });

  it('refuses what was altered, cut or is of another make', () => {
    const sealed = sealer.seal('a secret', place);
    for (const text of singleCharacterChanges(sealed)) reasonOf(() => sealer.unseal(text, place));
    for (let size = 0; size < sealed.length; size += 1) {
      reasonOf(() => sealer.unseal(sealed.slice(0, size), place));
    }
    expect(reasonOf(() => sealer.unseal(sealed.replace('seal1', 'seal2'), place))).toBe('versionUnsupported');
    expect(reasonOf(() => sealer.unseal(`${sealed}.x`, place))).toBe('malformed');
    expect(reasonOf(() => sealer.unseal('A'.repeat(70_000), place))).toBe('malformed');
    expect(reasonOf(() => sealer.seal('A'.repeat(70_000), place))).toBe('malformed');
    const flipped = randomBytes(40).toString('base64url');
    expect(reasonOf(() => sealer.unseal(`${sealed.slice(0, 19)}${flipped}`, place))).toBe('badSignature');
  });

  it('wants keys of 32 bytes', () => {
    expect(reasonOf(() => createSealer([]))).toBe('keyNotFound');
    expect(reasonOf(() => createSealer([Buffer.alloc(16)]))).toBe('malformed');
  });

  it('ends in a text or a CredentialError for any input', () => {
    const start = fc.constantFrom('', 'seal1.', sealer.seal('', place).slice(0, 19));
    fc.assert(
      fc.property(start, fc.oneof(fc.string(), fc.base64String()), (prefix, text) => {
        valueOrRefusal(() => sealer.unseal(prefix + text, place));
      }),
      { numRuns: 300 },
    );
  });
});
