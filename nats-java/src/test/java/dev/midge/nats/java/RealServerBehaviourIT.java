package dev.midge.nats.java;

import org.junit.jupiter.api.Nested;

/** All operations with a real one. */
class RealServerBehaviourIT {
  @Nested
  class Publishing extends PublishingBehaviour {
    Publishing() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Batches extends BatchBehaviour {
    Batches() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Handlers extends HandlerBehaviour {
    Handlers() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Subscriptions extends SubscriptionBehaviour {
    Subscriptions() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Requests extends RequestBehaviour {
    Requests() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Types extends TypedBehaviour {
    Types() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Futures extends AsyncBehaviour {
    Futures() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class Life extends LifeBehaviour {
    Life() {
      super(TestServer.REAL);
    }
  }

  @Nested
  class ManyConnections extends ManyConnectionsBehaviour {
    ManyConnections() {
      super(TestServer.REAL);
    }
  }
}
