package dev.midge.nats.serialization;

import java.util.List;

/** A record, as Java programs send them. */
public record Trade(long id, String symbol, double price, List<String> tags) {}
