/*
 * KplProducer: puts the lines of standard input by the Java Kinesis Producer Library and its native process.
 *
 *   java -cp ... KplProducer STREAM HOST PORT FOLDER
 *
 * A line is key<TAB>explicit hash key, or nothing<TAB>data in base64. For each record that is stored it writes a
 * JSON line with its key, the shard and the sequence number. FOLDER is where the library unpacks its program.
 * Ends with 1 if a record was not stored.
 */
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

public final class KplProducer {
    private static final int MOST_OPEN = 20000;
    private static final Semaphore room = new Semaphore(MOST_OPEN);
    private static final AtomicInteger failed = new AtomicInteger();
    private static PrintStream out;

    static final class Outcome implements FutureCallback<UserRecordResult> {
        private final int number;

        Outcome(int number) {
            this.number = number;
        }

        @Override
        public void onSuccess(UserRecordResult result) {
            synchronized (out) {
                out.println("{\"number\":" + number + ",\"shard\":\"" + result.getShardId() + "\",\"sequence\":\""
                        + result.getSequenceNumber() + "\",\"attempts\":" + result.getAttempts().size() + "}");
                out.flush();
            }
            room.release();
        }

        @Override
        public void onFailure(Throwable problem) {
            System.err.println("record " + number + ": " + problem);
            failed.incrementAndGet();
            room.release();
        }
    }

    public static void main(String[] arguments) throws Exception {
        out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        KinesisProducer producer = new KinesisProducer(new KinesisProducerConfiguration()
                .setRegion("us-east-1").setKinesisEndpoint(arguments[1])
                .setKinesisPort(Long.parseLong(arguments[2])).setVerifyCertificate(false)
                .setCredentialsProvider(EnvironmentVariableCredentialsProvider.create())
                .setMetricsLevel("none").setTempDirectory(arguments[3]).setRecordTtl(60000));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] field = line.split("\t", -1);
            room.acquire();
            Futures.addCallback(producer.addUserRecord(arguments[0], field[0], field[1].isEmpty() ? null : field[1],
                    ByteBuffer.wrap(Base64.getDecoder().decode(field[2]))), new Outcome(number++),
                    MoreExecutors.directExecutor());
        }
        producer.flushSync();
        room.acquire(MOST_OPEN);
        producer.destroy();
        System.exit(failed.get() > 0 ? 1 : 0);
    }
}
