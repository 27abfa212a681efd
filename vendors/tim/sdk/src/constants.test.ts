import { createRequire } from 'node:module';
import { beforeAll, expect, test, vi } from 'vitest';
import TencentCloudChat from './chat.ts';
import TIM from './index.ts';

interface Published {
  readonly TYPES: Record<string, unknown>;
  readonly EVENT: Record<string, unknown>;
  readonly TSignaling?: Record<string, unknown>;
  readonly VERSION: string;
}

let v2: Published;
let v3: Published;

beforeAll(() => {
  // Both announce themselves on the console while they load.
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const load = createRequire(import.meta.url);
  const unwrap = (loaded: Published & { default?: Published }): Published => loaded.default ?? loaded;
  v2 = unwrap(load('tim-js-sdk') as Published);
  v3 = unwrap(load('@tencentcloud/chat') as Published);
  log.mockRestore();
});

test('version 2: every constant has the published value, and none is missing', () => {
  expect(TIM.TYPES).toEqual({ ...v2.TYPES });
  expect(TIM.EVENT).toEqual({ ...v2.EVENT });
  expect(TIM.VERSION).toBe(v2.VERSION);
  expect(Object.keys(TIM.TYPES)).toHaveLength(108);
  expect(Object.keys(TIM.EVENT)).toHaveLength(31);
});

test('version 3: the same', () => {
  expect(TencentCloudChat.TYPES).toEqual({ ...v3.TYPES });
  expect(TencentCloudChat.EVENT).toEqual({ ...v3.EVENT });
  expect(TencentCloudChat.TSignaling).toEqual({ ...v3.TSignaling });
  expect(TencentCloudChat.VERSION).toBe(v3.VERSION);
  expect(Object.keys(TencentCloudChat.TYPES)).toHaveLength(115);
  expect(Object.keys(TencentCloudChat.EVENT)).toHaveLength(37);
});
