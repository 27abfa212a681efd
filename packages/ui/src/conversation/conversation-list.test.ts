import { beforeEach, expect, test } from 'vitest';
import { createFakeClient, fakeConversation, fakeMessage, type FakeClient } from '../testing/fake-client.ts';
import { mountInChat } from '../testing/mount.ts';
import ConversationList from './ConversationList.vue';
import { matchesSearch } from './filter.ts';

let fake: FakeClient;
beforeEach(() => {
  fake = createFakeClient();
  fake.people['bob'] = { name: 'Bob Builder' };
});

function list(props: object = {}) {
  const all = { conversations: fake.conversations, selected: undefined, ready: true, online: true, ...props };
  return mountInChat(ConversationList, all, fake);
}

test('rows tell the name, the last words, the time and what is unread', () => {
  fake.conversations = [
    fakeConversation({
      unread: 120,
      lastEntry: fakeMessage({ text: 'see you' }),
      pinnedAt: 1,
      notify: { level: 'none' },
    }),
    fakeConversation({ ref: 'g:7', kind: 'group', group: { id: '7', kind: 'work', name: 'Team', memberCount: 3 }, lastEntry: fakeMessage({ from: 'bob', content: { type: 'image', file: {} } }) }), // prettier-ignore
    fakeConversation({ ref: 'u:alice', kind: 'direct' }),
  ];
  const wrapper = list();
  const [bob, team, self] = wrapper.findAll('[data-ref]').map((item) => item.text().replace(/\s+/g, ' '));
  expect(bob).toMatch(/Bob Builder.*see you.*99\+.*120 unread messages.*Muted.*Pinned/);
  expect(wrapper.find('[data-ref="u:bob"] .badge').classes()).toContain('quiet');
  expect(team).toContain('Bob Builder: [Photo]');
  expect(self).toContain('Notes to self');
  wrapper.unmount();
});

test('each way of having nothing to show says which it is', () => {
  const words = [{ ready: false }, { ready: false, online: false }, {}].map((props) => {
    const wrapper = list(props);
    const text = wrapper.find('.note').text();
    wrapper.unmount();
    return text;
  });
  expect(words[0]).toContain('Loading');
  expect(words[1]).toContain('Not connected');
  expect(words[2]).toContain('No conversations yet');
});

test('a search finds by name and by id, and says when it finds nothing', async () => {
  fake.conversations = [fakeConversation(), fakeConversation({ ref: 'u:carol' })];
  const wrapper = list();
  await wrapper.find('input').setValue('builder');
  expect(wrapper.findAll('[data-ref]')).toHaveLength(1);
  await wrapper.find('input').setValue('nobody');
  expect(wrapper.text()).toContain('No conversation of that name');
  wrapper.unmount();
  expect(matchesSearch('bo BUILD', 'Bob Builder', 'b1')).toBe(true);
  expect(matchesSearch('bob x', 'Bob Builder', 'b1')).toBe(false);
});

test('Tab reaches one row, arrow keys the others', async () => {
  fake.conversations = ['bob', 'carol', 'dave'].map((id) => fakeConversation({ ref: `u:${id}` }));
  const wrapper = list({ selected: 'u:carol' });
  const rows = wrapper.findAll<HTMLElement>('[data-ref]');
  expect(rows.map((row) => row.attributes('tabindex'))).toEqual(['-1', '0', '-1']);
  rows[1]!.element.focus();
  await wrapper.find('ul').trigger('keydown', { key: 'ArrowDown' });
  expect(document.activeElement).toBe(rows[2]!.element);
  await wrapper.find('ul').trigger('keydown', { key: 'Home' });
  await wrapper.find('ul').trigger('keydown', { key: 'ArrowUp' });
  expect(document.activeElement?.tagName).toBe('INPUT');
  wrapper.unmount();
});
