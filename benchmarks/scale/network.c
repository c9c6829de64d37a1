// A network switch with a delay and a rate, for kernels without netem: N TAP devices, between which Ethernet frames are passed
// on. Each port sends and receives at the rate; a frame arrives after the delay. Interface i (named carl0, carl1, ...) must have the
// hardware address 02:00:00:00:00:i. Frames to all go to every other port. Prints `ready`, and ends with its standard input.
//
//     cc -O2 -o network network.c && ./network PORTS DELAY_MS RATE_MBIT

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PORTS = 16, LARGEST_FRAME = 9216, QUEUE = 8192 };

typedef struct {
  int64_t due;
  int length;
  unsigned char bytes[LARGEST_FRAME];
} Frame;

typedef struct {
  int device;
  int64_t sending, receiving;  // Nanoseconds until which the port sends and receives.
  Frame *frames;               // Frames to this port, a ring in the order of their arrival.
  unsigned first, count;
} Port;

static Port ports[MOST_PORTS];

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_port(int number) {
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "carl%d", number);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (device < 0) fail("/dev/net/tun");
  if (ioctl(device, TUNSETIFF, &request) < 0) fail("TUNSETIFF");
  return device;
}

// Puts a frame into the queue of a port; a full queue loses it, as that of a switch does.
static void pass(const unsigned char *bytes, int length, Port *to, int64_t sent, int64_t delay, double nanoseconds) {
  if (to->count == QUEUE) return;
  to->receiving = (sent > to->receiving ? sent : to->receiving) + (int64_t)(length * nanoseconds);
  Frame *frame = &to->frames[(to->first + to->count++) % QUEUE];
  frame->due = to->receiving + delay;
  frame->length = length;
  memcpy(frame->bytes, bytes, length);
}

static int receive(int from, int count, int64_t delay, double nanoseconds) {
  unsigned char bytes[LARGEST_FRAME];
  int length = read(ports[from].device, bytes, sizeof bytes);
  if (length < 14) return 0;
  Port *port = &ports[from];
  int64_t time = now();
  port->sending = (time > port->sending ? time : port->sending) + (int64_t)(length * nanoseconds);
  int to = bytes[0] & 1 ? -1 : bytes[5];
  for (int i = 0; i < count; i++)
    if (i != from && (to < 0 || i == to))
      pass(bytes, length, &ports[i], port->sending - (int64_t)(length * nanoseconds), delay, nanoseconds);
  return 1;
}

// Hands out all frames that are due; returns the time of the next one, or -1.
static int64_t deliver(int count) {
  int64_t next = -1;
  for (int i = 0; i < count; i++) {
    Port *port = &ports[i];
    while (port->count && port->frames[port->first].due <= now()) {
      Frame *frame = &port->frames[port->first];
      if (write(port->device, frame->bytes, frame->length) < 0 && errno == EAGAIN) break;
      port->first = (port->first + 1) % QUEUE;
      port->count--;
    }
    if (port->count && (next < 0 || port->frames[port->first].due < next)) next = port->frames[port->first].due;
  }
  return next;
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: network PORTS DELAY_MS RATE_MBIT\n"), 2;
  int count = atoi(argv[1]);
  int64_t delay = (int64_t)(atof(argv[2]) * 1e6);
  double nanoseconds = 8000 / atof(argv[3]);  // Of one byte.
  struct pollfd events[MOST_PORTS + 1] = {{.fd = 0, .events = POLLIN}};
  for (int i = 0; i < count; i++) {
    ports[i].device = open_port(i);
    ports[i].frames = malloc(QUEUE * sizeof(Frame));
    events[i + 1] = (struct pollfd){.fd = ports[i].device, .events = POLLIN};
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    int64_t next = deliver(count), wait = next < 0 ? 1000000000 : next - now();
    struct timespec time = {wait > 0 ? wait / 1000000000 : 0, wait > 0 ? wait % 1000000000 : 0};
    ppoll(events, count + 1, &time, NULL);
    if (events[0].revents) return 0;
    for (int i = 0; i < count; i++)
      for (int some = 0; some < 16 && (events[i + 1].revents & POLLIN) && receive(i, count, delay, nanoseconds); some++) {
      }
  }
}
