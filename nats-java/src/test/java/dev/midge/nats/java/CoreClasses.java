package dev.midge.nats.java;

import dev.midge.nats.NatsOptions;
import dev.midge.nats.jetstream.StreamConfig;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The public classes of a package, from the place where one of them was found. */
final class CoreClasses {
  private CoreClasses() {}

  /** Those of {@code dev.midge.nats}, nested ones included. */
  static List<Class<?>> ofCore() {
    return of(NatsOptions.class);
  }

  /** Those of {@code dev.midge.nats.java}, nested ones included. */
  static List<Class<?>> ofJava() {
    return of(NatsClient.class);
  }

  /** Those of {@code dev.midge.nats.jetstream}, nested ones included. */
  static List<Class<?>> ofJetStream() {
    return of(StreamConfig.class);
  }

  /** Whether Java can call it: public, and not hidden by the Kotlin compiler. */
  static boolean isForJava(Executable member) {
    return Modifier.isPublic(member.getModifiers())
        && !member.isSynthetic()
        && (member instanceof Constructor || !member.getName().matches(".*[-$].*"));
  }

  private static List<Class<?>> of(Class<?> one) {
    try {
      Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      String folder = one.getPackageName().replace('.', '/');
      if (Files.isDirectory(place)) return named(place.resolve(folder), one.getPackageName());
      URI jar = URI.create("jar:" + place.toUri());
      try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
        return named(files.getPath(folder), one.getPackageName());
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Class<?>> named(Path folder, String packageName) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          // Neither lambdas nor what else the compilers make.
          .filter(name -> name.matches("\\w+(\\$[A-Z]\\w*)*\\.class"))
          .<Class<?>>map(name -> load(packageName + "." + name.replace(".class", "")))
          .filter(type -> isPublic(type) && !type.isSynthetic())
          .toList();
    }
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, CoreClasses.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
