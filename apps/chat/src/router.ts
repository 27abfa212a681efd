import { createRouter, createWebHistory, type Router } from 'vue-router';
import type { useSession } from './stores/session.ts';
import LoginView from './views/LoginView.vue';

/** Paths: `/login`, `/chat`, `/chat/<ref>`; `/` is the chat, `?user=` anywhere logs in as that demo user. */
export function createAppRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/login', name: 'login', component: LoginView },
      {
        path: '/chat/:place?',
        name: 'chat',
        component: () => import('./views/ChatView.vue'),
        props: true,
      },
      { path: '/:rest(.*)*', redirect: (to) => ({ name: 'chat', query: to.query }) },
    ],
  });
  router.beforeEach(async (to) => {
    const { user, ...query } = to.query;
    if (typeof user === 'string' && user !== '') {
      await session.loginAsDemo(user);
      return session.phase === 'idle' ? { name: 'login', query } : { name: 'chat', params: to.params, query };
    }
    if (to.name === 'login') return session.phase === 'open' ? { name: 'chat' } : true;
    if (session.phase === 'idle') session.resume();
    return session.phase === 'idle' ? { name: 'login' } : true;
  });
  return router;
}
