// Loaded into a server process by the tests: its clock is so many milliseconds ahead from the start.
const real = Date.now;
const ahead = Number(process.env['TEST_CLOCK_AHEAD'] ?? 0);
Date.now = () => real() + ahead;
