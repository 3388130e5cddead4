/*
 * The NATS project's client for C, measured as the other clients are: the same options, the same lines of output.
 * Compiled by `nats-bench client` where gcc and Debian's libnats-dev are at hand.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <nats/nats.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SUBJECT "bench.alone"
#define TIMEOUT_MS 30000
#define CHUNK_MESSAGES 8192
#define CHUNK_BYTES (4 * 1024 * 1024)
#define CHUNKS_AHEAD 4

static struct {
    const char *scenario, *server, *orders;
    int size, server_pid, windows, system_calls;
    double warm_up, seconds;
} options;

static natsConnection *connection;
static char *payload;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    exit(1);
}

static void check(natsStatus status, const char *what) {
    if (status != NATS_OK) fail("%s: %s", what, natsStatus_GetText(status));
}

/* Receiving: chunks are ordered on a connection of its own, a few ahead of what was counted. */

static int orders_socket, chunk, chunk_left, chunks, chunks_counted;
static sem_t all_counted;

static void order_chunk(void) {
    char line[128];
    int length = snprintf(line, sizeof line, "SEND " SUBJECT " %d %d\r\n", chunk, options.size);
    if (write(orders_socket, line, length) != length) fail("the server takes no orders");
}

static void received(natsConnection *from, natsSubscription *subscription, natsMsg *message, void *closure) {
    (void) from, (void) subscription, (void) closure;
    natsMsg_Destroy(message);
    if (--chunk_left > 0) return;
    chunk_left = chunk;
    chunks_counted++;
    if (chunks_counted + CHUNKS_AHEAD <= chunks) order_chunk();
    if (chunks_counted == chunks) sem_post(&all_counted);
}

static void begin_receiving(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons(atoi(strrchr(options.orders, ':') + 1));
    orders_socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(orders_socket, (void *) &address, sizeof address)) fail("no connection to %s", options.orders);
    sem_init(&all_counted, 0, 0);
    int fitting = CHUNK_BYTES / (options.size ? options.size : 1);
    chunk = chunk_left = fitting < CHUNK_MESSAGES ? fitting : CHUNK_MESSAGES;
    natsSubscription *subscription;
    check(natsConnection_Subscribe(&subscription, connection, SUBJECT, received, NULL), "subscribe");
    check(natsSubscription_SetPendingLimits(subscription, -1, -1), "limits");
    check(natsConnection_FlushTimeout(connection, TIMEOUT_MS), "flush");
}

static int receive_messages(int messages) {
    chunks_counted = 0;
    chunks = (messages + chunk - 1) / chunk;
    for (int ahead = 0; ahead < chunks && ahead < CHUNKS_AHEAD; ahead++) order_chunk();
    sem_wait(&all_counted);
    return chunks * chunk;
}

/* Publishing, and requests one after the other. */

static int publish_messages(int messages) {
    for (int i = 0; i < messages; i++) check(natsConnection_Publish(connection, SUBJECT, payload, options.size), "publish");
    check(natsConnection_FlushTimeout(connection, TIMEOUT_MS), "flush");
    return messages;
}

static int send_requests(int messages) {
    for (int i = 0; i < messages; i++) {
        natsMsg *reply;
        check(natsConnection_Request(&reply, connection, SUBJECT, payload, options.size, TIMEOUT_MS), "request");
        natsMsg_Destroy(reply);
    }
    return messages;
}

static int (*work(void))(int) {
    if (!strcmp(options.scenario, "publish")) return publish_messages;
    if (!strcmp(options.scenario, "request-1")) return send_requests;
    if (strcmp(options.scenario, "receive")) fail("the C program does not know scenario %s", options.scenario);
    begin_receiving();
    return receive_messages;
}

/* Measuring. */

static double seconds_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double server_seconds(void) {
    char name[64];
    unsigned long user = 0, kernel = 0;
    snprintf(name, sizeof name, "/proc/%d/stat", options.server_pid);
    FILE *file = fopen(name, "r");
    if (!file) return 0;
    if (fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2) user = kernel = 0;
    fclose(file);
    return (double) (user + kernel) / sysconf(_SC_CLK_TCK);
}

static double warm_up(int (*run)(int)) {
    double start = seconds_of(CLOCK_MONOTONIC), rate;
    int messages = 200;
    do {
        double begin = seconds_of(CLOCK_MONOTONIC);
        rate = run(messages) / (seconds_of(CLOCK_MONOTONIC) - begin);
        double next = rate / 5 < 20.0 * messages ? rate / 5 : 20.0 * messages;
        messages = next < 200 ? 200 : (int) next;
    } while (seconds_of(CLOCK_MONOTONIC) - start < options.warm_up);
    return rate;
}

static void measure(int (*run)(int), int messages) {
    double server = server_seconds(), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID), start = seconds_of(CLOCK_MONOTONIC);
    messages = run(messages);
    double elapsed = seconds_of(CLOCK_MONOTONIC) - start;
    cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    server = server_seconds() - server;
    printf("measured {\"figures\":{\"rate\":%.2f,\"cpu\":%.3f,\"server\":%.4f}}\n", messages / elapsed, cpu * 1e9 / messages, server / elapsed);
    fflush(stdout);
}

/* Starts strace on this process, and returns once it traces all threads. */
static pid_t attach_tracer(const char *table) {
    char self[16], line[256] = "";
    int output[2];
    snprintf(self, sizeof self, "%d", getpid());
    if (pipe(output)) fail("no pipe");
    pid_t tracer = fork();
    if (tracer == 0) {
        dup2(output[1], 2);
        execlp("strace", "strace", "-c", "-f", "-o", table, "-p", self, (char *) NULL);
        _exit(127);
    }
    close(output[1]);
    FILE *messages = fdopen(output[0], "r");
    if (!fgets(line, sizeof line, messages) || !strstr(line, "attached")) return -1;
    return tracer;
}

static void count_system_calls(int (*run)(int), int messages) {
    char table[] = P_tmpdir "/nats-bench-XXXXXX", line[512], name[64];
    close(mkstemp(table));
    pid_t tracer = attach_tracer(table);
    if (tracer > 0) {
        messages = run(messages);
        kill(tracer, SIGINT);
        waitpid(tracer, NULL, 0);
        FILE *file = fopen(table, "r");
        double all = 0, calls;
        while (file && fgets(line, sizeof line, file)) {
            if (sscanf(line, "%*f %*f %*d %lf %63s", &calls, name) == 2 && !strstr(line, " total")) all += calls;
        }
        printf("measured {\"figures\":{\"systemCalls\":%.3f}}\n", all * 1000 / messages);
    }
    unlink(table);
}

static void read_options(int count, char **arguments) {
    static const struct option names[] = {
        {"client", 1, 0, 'c'}, {"scenario", 1, 0, 'n'}, {"size", 1, 0, 'z'}, {"server", 1, 0, 's'},
        {"orders", 1, 0, 'o'}, {"server-pid", 1, 0, 'p'}, {"warm-up", 1, 0, 'w'}, {"seconds", 1, 0, 't'},
        {"windows", 1, 0, 'i'}, {"system-calls", 0, 0, 'k'}, {0, 0, 0, 0}};
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (option) {
        case 'n': options.scenario = optarg; break;
        case 'z': options.size = atoi(optarg); break;
        case 's': options.server = optarg; break;
        case 'o': options.orders = optarg; break;
        case 'p': options.server_pid = atoi(optarg); break;
        case 'w': options.warm_up = atof(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'i': options.windows = atoi(optarg); break;
        case 'k': options.system_calls = 1; break;
        case 'c': break;
        default: fail("an unknown option");
        }
    }
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    payload = calloc(1, options.size + 1);
    memset(payload, 'x', options.size);
    check(natsConnection_ConnectTo(&connection, options.server), "connect");
    int (*run)(int) = work();
    double rate = warm_up(run);
    int messages = rate * options.seconds < 1 ? 1 : (int) (rate * options.seconds);
    for (int window = 0; window < options.windows; window++) measure(run, messages);
    if (options.system_calls) count_system_calls(run, rate < 5 ? 1 : (int) (rate / 5));
    return 0;
}
