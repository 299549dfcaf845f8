// How vitest runs, from the root of the project. It imports nothing: vitest itself is installed in test/.

export default {
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Many tests wait for real processes and sockets: more of them at once than there are cores.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // With --coverage: of the kernel every branch is taken by a test of its own, or the run fails.
    coverage: {
      provider: 'v8',
      include: ['src/core/kernel/**'],
      // Types only.
      exclude: ['**/{facts,inputs,views}.ts'],
      reporter: ['text'],
      reportsDirectory: '.coverage',
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
}
