class Pools {
  void build() {
    // ruleid: java-unbounded-executor
    ExecutorService cached = Executors.newCachedThreadPool();
    // ruleid: java-unbounded-executor
    Executor simple = new SimpleAsyncTaskExecutor();
    // ok: java-unbounded-executor
    ExecutorService bounded = new ThreadPoolExecutor(4, 8, 60, SECONDS, new ArrayBlockingQueue<>(100));
    // ok: java-unbounded-executor
    ExecutorService one = Executors.newSingleThreadExecutor();
  }
}
