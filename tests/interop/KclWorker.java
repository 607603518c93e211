/*
 * KclWorker: a worker of the Java Kinesis Client Library, 2.x or 3.x, that tells what it does.
 *
 *   java -cp ... KclWorker NAME=VALUE...
 *
 * It writes the same lines as examples/consumer --deliveries: a record, a checkpoint, a lease
 * gained, lost or ended. SIGTERM ends it gracefully, as the library's guide has it: each processor
 * is asked to finish and checkpoints. What only 3.x has is called by name, so that one source
 * serves both.
 */
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.utils.AttributeMap;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.coordinator.CoordinatorConfig;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.RetrievalConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

public final class KclWorker {
    private static final Map<String, String> options = new HashMap<>();
    private static PrintStream out;
    private static long clockOffset;

    static String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    // ---- lines ------------------------------------------------------------------------------

    static String text(String s) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) {
            if (c == '"' || c == '\\') {
                b.append('\\').append(c);
            } else if (c < ' ') {
                b.append(String.format("\\u%04x", (int) c));
            } else {
                b.append(c);
            }
        }
        return b.append('"').toString();
    }

    /** What the clock of the machine has beyond this program's: lines of all programs share one. */
    static long clockOffset() throws Exception {
        String uptime = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
        return (long) (Double.parseDouble(uptime) * 1000) - System.nanoTime() / 1000000;
    }

    static void line(String event, String shard, String more) {
        synchronized (out) {
            out.println("{\"event\":\"" + event + "\",\"worker\":" + text(option("worker", "java"))
                    + ",\"shard\":" + text(shard) + more
                    + ",\"at_ms\":" + (System.nanoTime() / 1000000 + clockOffset) + "}");
            out.flush();
        }
    }

    static String position(String sequence, long subsequence) {
        return ",\"sequence\":" + text(sequence) + ",\"subsequence\":" + subsequence;
    }

    static String sha256(KinesisClientRecord record) throws Exception {
        StringBuilder hex = new StringBuilder();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(record.data().duplicate());
        for (byte b : digest.digest()) {
            hex.append(String.format("%02x", b));
        }
        return hex.toString();
    }

    // ---- the processor ----------------------------------------------------------------------

    /** checkpoint=batch: after each batch. checkpoint=N: exactly after each N-th user record. */
    static final class Processor implements ShardRecordProcessor {
        private final long every =
                option("checkpoint", "batch").equals("batch") ? 0 : Long.parseLong(option("checkpoint", ""));
        private String shard;
        private long seen;
        private KinesisClientRecord last;

        private interface Write {
            void run() throws Exception;
        }

        /** @param position empty: of all that was processed */
        private void checkpoint(String position, Write write) {
            try {
                write.run();
                line("checkpoint", shard, position);
            } catch (Exception e) {
                line("trouble", shard, ",\"message\":" + text("checkpoint: " + e));
            }
        }

        @Override
        public void initialize(InitializationInput input) {
            shard = input.shardId();
            line("lease", shard, ",\"action\":\"gained\"" + position(
                    input.extendedSequenceNumber().sequenceNumber(),
                    input.extendedSequenceNumber().subSequenceNumber()));
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            RecordProcessorCheckpointer checkpointer = input.checkpointer();
            for (KinesisClientRecord record : input.records()) {
                try {
                    line("record", shard, position(record.sequenceNumber(), record.subSequenceNumber())
                            + ",\"key\":" + text(record.partitionKey())
                            + ",\"sha256\":\"" + sha256(record) + '"');
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                last = record;
                if (every > 0 && ++seen % every == 0) {
                    checkpoint(position(record.sequenceNumber(), record.subSequenceNumber()), () ->
                            checkpointer.checkpoint(record.sequenceNumber(), record.subSequenceNumber()));
                }
            }
            if (every == 0 && !input.records().isEmpty()) {
                checkpoint(position(last.sequenceNumber(), last.subSequenceNumber()), checkpointer::checkpoint);
            }
        }

        @Override
        public void leaseLost(LeaseLostInput input) {
            line("lease", shard, ",\"action\":\"lost\"");
        }

        @Override
        public void shardEnded(ShardEndedInput input) {
            checkpoint(position("SHARD_END", 0), () -> input.checkpointer().checkpoint());
            line("lease", shard, ",\"action\":\"ended\"");
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {
            line("lease", shard, ",\"action\":\"asked to end\"");
            checkpoint(last == null ? "" : position(last.sequenceNumber(), last.subSequenceNumber()),
                    () -> input.checkpointer().checkpoint());
        }
    }

    // ---- what only 3.x has ------------------------------------------------------------------

    static Object call(Object object, String method, Object... values) throws Exception {
        for (Method m : object.getClass().getMethods()) {
            if (m.getName().equals(method) && m.getParameterCount() == values.length) {
                m.setAccessible(true);
                return m.invoke(object, values);
            }
        }
        throw new NoSuchMethodException(object.getClass() + " " + method);
    }

    /** Processor load that the caller of this program has chosen: 100 is the operating range. */
    static Object load(double percent) throws Exception {
        String room = "software.amazon.kinesis.worker.metric.";
        Class<?> metric = Class.forName(room + "WorkerMetric");
        Object range = call(call(Class.forName(room + "OperatingRange").getMethod("builder").invoke(null),
                "maxUtilization", 100), "build");
        Class<?> valueClass = Class.forName(room + "WorkerMetric$WorkerMetricValue");
        Object value = call(call(valueClass.getMethod("builder").invoke(null), "value", percent), "build");
        Object cpu = Class.forName(room + "WorkerMetricType").getField("CPU").get(null);
        InvocationHandler answers = (proxy, method, arguments) -> switch (method.getName()) {
            case "getShortName" -> "C";
            case "capture" -> value;
            case "getOperatingRange" -> range;
            case "getWorkerMetricType" -> cpu;
            case "hashCode" -> 1;
            case "equals" -> proxy == arguments[0];
            default -> "load";
        };
        return Proxy.newProxyInstance(metric.getClassLoader(), new Class<?>[] {metric}, answers);
    }

    static void configureNative(LeaseManagementConfig lease, CoordinatorConfig coordinator) throws Exception {
        Object assignment;
        try {
            assignment = call(lease, "workerUtilizationAwareAssignmentConfig");
        } catch (NoSuchMethodException e) {
            return; /* 2.x */
        }
        call(lease, "dynamoDbLockBasedLeaderLeaseDurationInMillis", 9000L);
        call(lease, "dynamoDbLockBasedLeaderHeartbeatPeriodInMillis", 3000L);
        if (options.containsKey("load")) {
            call(assignment, "workerMetricList", List.of(load(Double.parseDouble(option("load", "")))));
        } else {
            call(assignment, "disableWorkerMetrics", true);
        }
        if (options.containsKey("mode")) {
            for (Object constant : Class.forName(CoordinatorConfig.class.getName() + "$ClientVersionConfig")
                    .getEnumConstants()) {
                if (constant.toString().equals(option("mode", ""))) {
                    call(coordinator, "clientVersionConfig", constant);
                }
            }
        }
    }

    // ---- the worker -------------------------------------------------------------------------

    static KinesisAsyncClient kinesis(URI endpoint) {
        NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder()
                .protocol(option("http", "2").equals("2") ? Protocol.HTTP2 : Protocol.HTTP1_1);
        AttributeMap trust = AttributeMap.builder()
                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true).build();
        return KinesisAsyncClient.builder().region(Region.US_EAST_1).endpointOverride(endpoint)
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create())
                .httpClient(http.buildWithDefaults(trust)).build();
    }

    static Scheduler scheduler() throws Exception {
        String application = option("application", ""), stream = option("stream", "");
        KinesisAsyncClient kinesis = kinesis(URI.create(option("endpoint", "")));
        DynamoDbAsyncClient dynamo = DynamoDbAsyncClient.builder().region(Region.US_EAST_1)
                .endpointOverride(URI.create(option("dynamodb", "")))
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create()).build();
        /* Never asked: no metrics are sent. The port is the discard service's. */
        CloudWatchAsyncClient cloudwatch = CloudWatchAsyncClient.builder().region(Region.US_EAST_1)
                .endpointOverride(URI.create("http://127.0.0.1:9"))
                .credentialsProvider(EnvironmentVariableCredentialsProvider.create()).build();
        InitialPositionInStreamExtended start = InitialPositionInStreamExtended.newInitialPosition(
                InitialPositionInStream.valueOf(option("start", "TRIM_HORIZON")));
        ConfigsBuilder all = new ConfigsBuilder(
                new SingleStreamTracker(StreamIdentifier.singleStreamInstance(stream), start), application,
                kinesis, dynamo, cloudwatch, option("worker", "java"), Processor::new);
        long failover = Long.parseLong(option("failover", "2000"));
        LeaseManagementConfig lease = all.leaseManagementConfig().failoverTimeMillis(failover)
                .shardSyncIntervalMillis(1000).consistentReads(true)
                .maxLeasesForWorker(Integer.parseInt(option("max.leases", "1000")))
                .leasesRecoveryAuditorExecutionFrequencyMillis(2000);
        CoordinatorConfig coordinator = all.coordinatorConfig().parentShardPollIntervalMillis(500)
                .shardConsumerDispatchPollIntervalMillis(200);
        configureNative(lease, coordinator);
        RetrievalConfig retrieval = all.retrievalConfig();
        if (option("read", "poll").equals("poll")) {
            retrieval.retrievalSpecificConfig(
                    new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250));
        }
        return new Scheduler(all.checkpointConfig(), coordinator, lease, all.lifecycleConfig(),
                all.metricsConfig().metricsFactory(new NullMetricsFactory()), all.processorConfig(), retrieval);
    }

    public static void main(String[] arguments) throws Exception {
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            options.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        out = new PrintStream(new FileOutputStream(option("deliveries", "/dev/stdout"), true), false, "UTF-8");
        clockOffset = clockOffset();
        Scheduler scheduler = scheduler();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                boolean clean = scheduler.startGracefulShutdown().get(20, TimeUnit.SECONDS);
                line("ended", "", ",\"clean\":" + clean);
            } catch (Exception e) {
                line("trouble", "", ",\"message\":" + text("shutdown: " + e));
            }
        }));
        scheduler.run();
    }
}
