package dev.midge.nats.java;

/** A program that only subscribes, and ends when it is told to. */
final class ListeningProgram {
  private ListeningProgram() {}

  public static void main(String[] arguments) {
    NatsClient nats = NatsClient.connect(arguments[0]);
    nats.subscribe("stop", message -> new Thread(nats::close).start());
    nats.flush();
    System.out.println("ready");
    if (arguments[1].equals("waits")) {
      nats.awaitClosed();
      System.out.println("ended");
    }
  }
}
