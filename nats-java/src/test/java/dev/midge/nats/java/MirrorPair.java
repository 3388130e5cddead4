package dev.midge.nats.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A class of Kotlin's and the one that Java has for it, with what of one language the other does
 * not have, each with the reason.
 *
 * @param functions the files with functions that Kotlin calls on the class.
 */
record MirrorPair(
    Class<?> kotlin,
    Class<?> java,
    Map<String, String> kotlinOnly,
    Map<String, String> javaOnly,
    Class<?>... functions) {
  @Override
  public String toString() {
    return kotlin.getSimpleName() + " and " + java.getSimpleName();
  }

  /** All else is in both. */
  void assertDifferInNothingElse() {
    Set<String> ofKotlin = Operation.of(kotlin);
    for (Class<?> file : functions) ofKotlin.addAll(Operation.ofFunctions(file, kotlin));
    Set<String> ofJava = Operation.of(java);
    assertEquals(new TreeSet<>(kotlinOnly.keySet()), less(ofKotlin, ofJava), "only in Kotlin");
    assertEquals(new TreeSet<>(javaOnly.keySet()), less(ofJava, ofKotlin), "only in Java");
  }

  private static Set<String> less(Set<String> all, Set<String> some) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(some);
    return rest;
  }
}
