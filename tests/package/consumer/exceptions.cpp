/*
 * exceptions: an exception that leaves a callback ends the program there and then, by
 * std::terminate(): nothing of it is swallowed, and nothing goes on half-way. Fault F-U04.
 */
#include <kpl/kpl.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

static const char *const what = "from a callback";

/* Runs only if the exception was thrown and nobody caught it. */
[[noreturn]] static void end_as_expected()
{
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::runtime_error &e) {
        _exit(std::strcmp(e.what(), what) == 0 ? 42 : 1);
    }
}

static void throw_it(const kpl_result_t *, size_t, void *)
{
    throw std::runtime_error(what);
}

/* A record that nobody answers for: its time is over soon, and its outcome is told. */
static void fault_U04_an_exception_ends_the_program()
{
    kpl_record_t record{};
    kpl_producer_t *producer = nullptr;
    kpl_conf_t *conf = kpl_conf_new();
    std::set_terminate(end_as_expected);
    kpl_conf_set(conf, "region", "eu-west-1", nullptr);
    kpl_conf_set(conf, "endpoint.url", "http://127.0.0.1:1", nullptr);
    kpl_conf_set(conf, "record.ttl.ms", "100", nullptr);
    kpl_producer_new(conf, throw_it, nullptr, &producer, nullptr);
    record.struct_size = sizeof record;
    record.stream = kds_slice("stream");
    record.partition_key = kds_slice("key");
    record.data = kds_slice("data");
    kpl_put(producer, &record, -1, nullptr);
    kpl_close(producer, 10000, nullptr);
    _exit(1); /* it went on */
}

int main()
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        fault_U04_an_exception_ends_the_program();
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 42) {
        std::fprintf(stderr, "exceptions: status 0x%x\n", (unsigned)status);
        return 1;
    }
    return 0;
}
