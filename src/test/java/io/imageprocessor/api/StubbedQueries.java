package io.imageprocessor.api;

import io.imageprocessor.job.JobQueries;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * Replaces single methods of the service's {@link JobQueries}; the others stay. Threads of the service, such as those
 * of the metrics, may call the methods while a test replaces one, which stubbing by Mockito does not allow.
 * Thread-safe.
 */
public final class StubbedQueries {

    /** Answers a call in place of the service. */
    @FunctionalInterface
    public interface Answer {
        @Nullable
        Object to(Object[] arguments) throws Exception;
    }

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

    /** Replaces the method of this name. */
    public void answer(String method, Answer answer) {
        answers.put(method, answer);
    }

    /** Runs {@code hook} before each call of the method of this name. */
    public void before(String method, Runnable hook) {
        hooks.put(method, hook);
    }

    /** Removes all replacements and hooks. */
    public void reset() {
        answers.clear();
        hooks.clear();
    }

    private @Nullable Object call(JobQueries queries, Method method, Object @Nullable [] arguments) throws Throwable {
        hooks.getOrDefault(method.getName(), () -> {}).run();
        Answer answer = answers.get(method.getName());
        if (answer != null) {
            return answer.to(arguments == null ? new Object[0] : arguments);
        }
        try {
            return method.invoke(queries, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** To be imported by a test that stubs queries. */
    @TestConfiguration(proxyBeanMethods = false)
    public static class Configuration {

        @Bean
        StubbedQueries stubbedQueries() {
            return new StubbedQueries();
        }

        @Bean
        @Primary
        JobQueries primaryQueries(@Qualifier("jobQueries") JobQueries queries, StubbedQueries stubs) {
            return (JobQueries) Proxy.newProxyInstance(
                    JobQueries.class.getClassLoader(),
                    new Class<?>[] {JobQueries.class},
                    (_, method, arguments) -> stubs.call(queries, method, arguments));
        }
    }
}
