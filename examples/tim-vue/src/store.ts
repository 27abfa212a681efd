import { defineStore } from 'pinia';
import { TIMCore } from './tim-core.ts';

const SDK_APP_ID = 1400000001;

export const useIm = defineStore('im', {
  state: () => ({ core: new TIMCore(SDK_APP_ID) }),
  getters: {
    title: ({ core }) => (core.totalUnread > 0 ? `(${core.totalUnread}) ${core.userID}` : core.userID),
  },
});
