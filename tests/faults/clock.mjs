// Loaded into a server process by the tests: SIGUSR2 sets its clock an hour ahead, the next one back again.
const real = Date.now;
let ahead = 0;
Date.now = () => real() + ahead;
process.on('SIGUSR2', () => {
  ahead = ahead === 0 ? 3_600_000 : 0;
});
