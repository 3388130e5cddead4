package dev.midge.nats.java;

import org.junit.jupiter.api.Nested;

/** All operations with the embedded server. */
class EmbeddedServerBehaviourTest {
  @Nested
  class Publishing extends PublishingBehaviour {
    Publishing() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Batches extends BatchBehaviour {
    Batches() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Handlers extends HandlerBehaviour {
    Handlers() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Subscriptions extends SubscriptionBehaviour {
    Subscriptions() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Requests extends RequestBehaviour {
    Requests() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Types extends TypedBehaviour {
    Types() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Futures extends AsyncBehaviour {
    Futures() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class Life extends LifeBehaviour {
    Life() {
      super(TestServer.EMBEDDED);
    }
  }

  @Nested
  class ManyConnections extends ManyConnectionsBehaviour {
    ManyConnections() {
      super(TestServer.EMBEDDED);
    }
  }
}
