/**
 * Runs each contestant once a round, one after the other, beginning with another one each time: what changes on the
 * machine in the meantime meets all of them alike. Returns what each of them gave, in the order of the rounds.
 */
export async function interleave(contestants, rounds, run) {
  const results = new Map(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < contestants.length; index += 1) {
      const contestant = contestants[(index + round) % contestants.length];
      // A slow one may sit out the later rounds.
      if (round >= (contestant.rounds ?? rounds)) continue;
      results.get(contestant).push(await run(contestant, round));
    }
  }
  return results;
}
