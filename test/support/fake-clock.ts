export { type FakeClock, fakeClock, settle } from '../../core/testing/fake-clock.ts';
