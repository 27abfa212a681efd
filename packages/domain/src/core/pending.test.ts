import { expect, it } from 'vitest';
import { Pending } from './pending.ts';

it('asks once while an answer is under way, anew afterwards, and answers in the order of asking', async () => {
  const pending = new Pending<number>();
  const answers: ((value: number) => void)[] = [];
  const read = () => new Promise<number>((resolve) => answers.push(resolve));
  const order: string[] = [];
  const asking = ['a', 'b', 'c'].map((name) =>
    pending.share('k', read).then((n) => order.push(`${name}${n}`)),
  );
  const other = pending.share('other', read);
  expect(answers).toHaveLength(2);
  answers[0]!(1);
  answers[1]!(9);
  await Promise.all(asking);
  expect(order).toEqual(['a1', 'b1', 'c1']);
  expect(await other).toBe(9);
  const again = pending.share('k', read);
  answers[2]!(2);
  expect(await again).toBe(2);
});

it('a failure is everybody’s, and is not kept', async () => {
  const pending = new Pending<number>();
  let asked = 0;
  const read = () => (++asked === 1 ? Promise.reject(new Error('away')) : Promise.resolve(7));
  const both = [pending.share('k', read), pending.share('k', read)];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await pending.share('k', read)).toBe(7);
});
