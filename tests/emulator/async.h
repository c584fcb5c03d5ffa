// cp.async: a copy to shared memory is begun, put into a group by the thread's commit, and has
// happened once the thread waited for the group. Here it happens at the wait, as late as it may, so
// that whoever does not wait sees what was there before; a touch in between is a fault anyhow.
#ifndef PLEXUS_TESTS_EMULATOR_ASYNC_H
#define PLEXUS_TESTS_EMULATOR_ASYNC_H

namespace plx_emulator {

// No copy is under way: a launch begins.
void reset_copies();

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_ASYNC_H
